namespace RecoService.Storage.Entities;

/// <summary>A change that somebody with an admin key made.</summary>
internal sealed class AuditRow
{
    public long Id { get; set; }

    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>The name of the key, never the key.</summary>
    public string KeyName { get; set; } = "";

    public string Call { get; set; } = "";

    public string Method { get; set; } = "";

    public string Subject { get; set; } = "";

    public string Outcome { get; set; } = "";

    public string? BeforeJson { get; set; }

    public string? AfterJson { get; set; }

    /// <summary>Ascends by one in the order of commits; null for what a version without the chain wrote.</summary>
    public long? Position { get; set; }

    /// <summary>The hash of the entry before it; empty for the first.</summary>
    public string? PreviousHash { get; set; }

    /// <summary>Of the entry and of <see cref="PreviousHash"/>.</summary>
    public string? Hash { get; set; }
}

/// <summary>The end of the chain of the audit log: one row.</summary>
internal sealed class AuditHeadRow
{
    public const int OnlyId = 1;

    public int Id { get; set; }

    public long Position { get; set; }

    public string Hash { get; set; } = "";
}

/// <summary>An import that has ended.</summary>
internal sealed class ImportRow
{
    public long Id { get; set; }

    public string KeyName { get; set; } = "";

    public string Target { get; set; } = "";

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset FinishedAt { get; set; }

    public string Outcome { get; set; } = "";

    public string ReportJson { get; set; } = "";
}

/// <summary>An element of the keys that sessions are encrypted with.</summary>
internal sealed class SessionKeyRow
{
    public long Id { get; set; }

    public string Name { get; set; } = "";

    public string Xml { get; set; } = "";
}

/// <summary>What was last found out about the data: one row at most.</summary>
internal sealed class DataHealthRow
{
    public const int OnlyId = 1;

    public int Id { get; set; }

    public DateTimeOffset AsOf { get; set; }

    public string FactsJson { get; set; } = "";

    public DateTimeOffset? MeasuredAt { get; set; }

    public string? CostsJson { get; set; }
}
