namespace RecoService.Storage.Entities;

/// <summary>One revision of a merchandising rule. Rows are only added.</summary>
internal sealed class RuleRow
{
    public long Revision { get; set; }

    public required string RuleId { get; set; }

    /// <summary>A JSON object as text; null: the rule is deleted.</summary>
    public string? Definition { get; set; }

    public DateTimeOffset ChangedAt { get; set; }

    public StoredRule ToStored() => new(Revision, RuleId, Definition, ChangedAt);
}
