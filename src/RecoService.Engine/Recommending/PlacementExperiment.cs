using RecoService.Engine.Experiments;

namespace RecoService.Engine.Recommending;

/// <summary>What some of the users of an experiment get. Never changes.</summary>
/// <param name="Name">Unique within the experiment.</param>
/// <param name="Share">Its part of the users, in any unit; above 0.</param>
public sealed record ExperimentVariant(string Name, double Share)
{
    /// <summary>Makes a placement as this variant has it, of the placement as it is otherwise; null: it changes none.</summary>
    public Func<Placement, Placement>? Change { get; init; }

    /// <summary>The rules that do not act for its users, by id.</summary>
    public IReadOnlyCollection<string> WithoutRules { get; init; } = [];
}

/// <summary>
/// Shows different lists to parts of the users. Who gets what is a hash of the user's id, so that it needs no state and is the same on every replica. Experiments of one layer have no user in common;
/// those of different layers are independent of each other. Never changes.
/// </summary>
public sealed class PlacementExperiment
{
    private readonly Traffic part;
    private readonly Traffic? split;
    private readonly string[] labels;

    /// <param name="id">Unique within the shop.</param>
    /// <param name="layer">The layer whose users it has a part of.</param>
    /// <param name="from">Where its part of the layer begins: 0 or more.</param>
    /// <param name="to">Where it ends: above <paramref name="from"/>, at most 1.</param>
    /// <param name="variants">At least one; the first is what the others are compared with.</param>
    /// <exception cref="ArgumentException">The part or the shares cannot be.</exception>
    public PlacementExperiment(string id, string layer, double from, double to, IReadOnlyList<ExperimentVariant> variants)
    {
        (Id, Variants) = (id, variants);
        labels = [.. variants.Select(variant => $"{id}/{variant.Name}")];
        part = new Traffic($"layer {layer}", [new TrafficRange(id, from, to)]);
        split = Traffic.OfShares($"experiment {id}", [.. variants.Select(variant => (variant.Name, variant.Share))]);
    }

    /// <summary>One that is over: everybody gets its winner.</summary>
    /// <param name="id">Unique within the shop.</param>
    /// <param name="winner">What everybody gets.</param>
    public PlacementExperiment(string id, ExperimentVariant winner)
    {
        (Id, Variants) = (id, [winner]);
        labels = [$"{id}/{winner.Name}"];
        part = new Traffic("", []);
    }

    /// <summary>Whether each user's list is drawn from both of its two variants by turns, in the place of one variant per user: <see cref="TeamDraft"/>.</summary>
    public bool IsInterleaved { get; init; }

    /// <summary>Whether users see the first of its two variants, and the list of the second one is only made beside it, to be compared.</summary>
    public bool IsShadow { get; init; }

    public string Id { get; }

    public IReadOnlyList<ExperimentVariant> Variants { get; }

    /// <summary>The names of the placements it is about; empty: all.</summary>
    public IReadOnlyList<string> Placements { get; init; } = [];

    /// <summary>The models that its variants name by their version; nobody takes part while one of them is not served.</summary>
    public IReadOnlyList<int> ModelVersions { get; init; } = [];

    /// <summary>Who takes part: a filter expression that names <c>current.</c>, <c>context.</c> and <c>user.</c> alone; null: everybody. A winner is for them alone, too.</summary>
    public string? Eligibility { get; init; }

    /// <summary>Whether it is over and everybody gets the only variant.</summary>
    public bool IsDecided => split is null;

    /// <summary>What tells lists of a variant from others in the impressions.</summary>
    public string LabelOf(ExperimentVariant variant)
    {
        for (var position = 0; position < labels.Length; position++)
        {
            if (ReferenceEquals(Variants[position], variant))
                return labels[position];
        }

        return $"{Id}/{variant.Name}";
    }

    /// <summary>The name by which lists of both variants go; no variant has it.</summary>
    public const string InterleavedName = "interleaved";

    /// <summary>The name by which lists with another one beside them go; no variant has it.</summary>
    public const string ShadowName = "shadow";

    /// <summary>In the place of a variant, for the users of an experiment in the shadow.</summary>
    internal static ExperimentVariant Shadow { get; } = new(ShadowName, 1);

    /// <summary>In the place of a variant, for the users of an interleaved experiment.</summary>
    internal static ExperimentVariant Interleaved { get; } = new(InterleavedName, 1);

    /// <summary>The variant of a user, whoever they are, or <see cref="InterleavedName"/> or <see cref="ShadowName"/>; null for those outside of the experiment's part of the layer.</summary>
    /// <param name="userId">The id that lists are asked for with; null for nobody known, who takes no part.</param>
    public ExperimentVariant? VariantOf(string? userId)
    {
        if (split is null)
            return Variants[0];
        if (userId is null || part.NameOf(userId) is null)
            return null;
        if (IsInterleaved || IsShadow)
            return IsInterleaved ? Interleaved : Shadow;
        var name = split.NameOf(userId);
        var position = 0;
        while (Variants[position].Name != name)
            position++;
        return Variants[position];
    }
}
