namespace RecoService.Storage;

/// <summary>The interaction of this id was taken back, and stays so; nothing was stored.</summary>
/// <param name="id">The interaction's id.</param>
public sealed class InteractionTakenBackException(string id) : Exception($"The interaction '{id}' was taken back, and its id stays taken; what happened since needs a new id.")
{
    public string Id { get; } = id;
}
