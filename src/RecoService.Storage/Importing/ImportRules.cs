namespace RecoService.Storage;

/// <summary>What happens to a row whose id belongs to other content.</summary>
public enum ConflictRule
{
    /// <summary>It is a fault: nothing is imported, unless bad rows are skipped.</summary>
    Fail,

    /// <summary>The content that is there stays; the row is left out.</summary>
    Skip,

    /// <summary>The row's content takes its place.</summary>
    Replace,
}

/// <summary>How staged rows are merged into the store.</summary>
public sealed record ImportRules
{
    public static ImportRules Default { get; } = new();

    /// <summary>Import the rest when there are conflicts.</summary>
    public bool SkipInvalid { get; init; }

    /// <summary>
    /// Interactions: the id is stored, or stands earlier in the file, with other content.
    /// Users and items: the id stands earlier in the file with other content.
    /// </summary>
    public ConflictRule OnConflict { get; init; }

    /// <summary>Users and items: the rows of one id become one, in which the first filled value of each field wins.</summary>
    public bool MergeRows { get; init; }

    /// <summary>Users and items: a row is the whole record, and what it does not give is cleared.</summary>
    public bool Replace { get; init; }

    /// <summary>The most that merged attributes may hold, in bytes of JSON.</summary>
    public int AttributesBytes { get; init; } = 16 * 1024;
}
