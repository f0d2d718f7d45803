namespace RecoService.Api.Importing.Records;

/// <summary>What a file calls its values: columns, or paths in JSON objects.</summary>
internal interface ISourceNames
{
    /// <summary>True: the whole text is the name of a column, whatever signs it holds.</summary>
    bool IsName(string text);

    /// <param name="source">As an option writes it.</param>
    /// <param name="reason">Why there is no such place, when -1 is returned.</param>
    /// <returns>The slot.</returns>
    int Find(string source, out string? reason);

    /// <summary>The slot of what is named like a field; -1 = none.</summary>
    int FindOwn(string field);
}
