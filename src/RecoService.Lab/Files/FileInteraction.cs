namespace RecoService.Lab.Files;

/// <summary>One interaction as a file names it.</summary>
/// <param name="User">The user's id.</param>
/// <param name="Item">The item's id.</param>
/// <param name="Rating">Null where the file has none.</param>
/// <param name="Time">Unix milliseconds; null where the file has none, and the order of the lines is all that is known.</param>
public readonly record struct FileInteraction(string User, string Item, float? Rating = null, long? Time = null)
{
    /// <summary>What the user took together has the same; null where the file does not say.</summary>
    public string? Order { get; init; }
}
