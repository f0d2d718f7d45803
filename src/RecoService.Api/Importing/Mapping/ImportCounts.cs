namespace RecoService.Api.Importing.Mapping;

/// <summary>What was changed in the values of a file on their way.</summary>
internal sealed class ImportCounts
{
    /// <summary>Values that had white space around them.</summary>
    public long Trimmed { get; set; }

    /// <summary>Texts that were cut.</summary>
    public long Truncated { get; set; }
}
