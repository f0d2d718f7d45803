namespace RecoService.Storage.Entities;

/// <summary>One revision of something that a merchant or an operator defines. Rows are only added.</summary>
internal abstract class DefinitionRow
{
    public long Revision { get; set; }

    /// <summary>What it is a revision of.</summary>
    public string DefinitionId { get; set; } = "";

    /// <summary>A JSON object as text; null: it is deleted.</summary>
    public string? Definition { get; set; }

    public DateTimeOffset ChangedAt { get; set; }

    public StoredDefinition ToStored() => new(Revision, DefinitionId, Definition, ChangedAt);
}

/// <summary>Of a merchandising rule.</summary>
internal sealed class RuleRow : DefinitionRow;

/// <summary>Of an experiment.</summary>
internal sealed class ExperimentRow : DefinitionRow;

/// <summary>Of a section of the settings that hold without a restart.</summary>
internal sealed class ConfigurationRow : DefinitionRow;
