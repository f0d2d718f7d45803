namespace RecoService.Storage;

/// <summary>An id that is taken by an interaction with other content, stored earlier or standing earlier in the same batch. Nothing of the batch was stored.</summary>
/// <param name="index">The place in the batch.</param>
/// <param name="id">The interaction's id.</param>
public sealed class InteractionConflictException(int index, string id)
    : Exception($"Interaction {index} has the id '{id}', which another interaction with other content has.")
{
    public int Index { get; } = index;

    public string Id { get; } = id;
}
