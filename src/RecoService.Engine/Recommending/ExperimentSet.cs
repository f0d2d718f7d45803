using System.Collections.Concurrent;
using RecoService.Engine.Experiments;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Rules;

namespace RecoService.Engine.Recommending;

/// <summary>How a list is made for one user, where experiments have a say.</summary>
/// <param name="Placement">In the place of the shop's; its <see cref="Placement.Variant"/> names the variants, null where only decided experiments act.</param>
/// <param name="WithoutRules">The rules that do not act, by id.</param>
public sealed record Assignment(Placement Placement, IReadOnlySet<string> WithoutRules)
{
    /// <summary>What the list is interleaved with; null where it is of one placement.</summary>
    public Interleaving? Interleaving { get; init; }

    /// <summary>The placement of the list that is made beside this one and never shown; null where there is none.</summary>
    public Placement? Shadow { get; init; }
}

/// <summary>How the list of an interleaved experiment is made.</summary>
/// <param name="Second">The placement as the second variant has it; the first one has <see cref="Assignment.Placement"/>.</param>
/// <param name="FirstName">The name of the first variant.</param>
/// <param name="SecondName">The name of the second variant.</param>
public sealed record Interleaving(Placement Second, string FirstName, string SecondName)
{
    /// <summary>The name of the variant whose an item is.</summary>
    public string NameOf(Team team) => team == Team.First ? FirstName : SecondName;
}

/// <summary>
/// The experiments of a shop. What is decided comes first and in the order of its decision, then what is running, by id; where two change the same, the later one counts. Thread-safe; the experiments never change.
/// </summary>
public sealed class ExperimentSet
{
    /// <summary>Between the labels of a list that several experiments have a say in.</summary>
    public const char Separator = ',';

    private readonly PlacementExperiment[] experiments;
    private readonly ConcurrentDictionary<(string Placement, string? Variants), Assignment> assignments = new();

    /// <param name="experiments">The decided ones in the order of their decision, and running ones.</param>
    public ExperimentSet(IEnumerable<PlacementExperiment> experiments)
    {
        var all = experiments.ToList();
        this.experiments = [.. all.Where(experiment => experiment.IsDecided), .. all.Where(experiment => !experiment.IsDecided).OrderBy(experiment => experiment.Id, StringComparer.Ordinal)];
    }

    /// <summary>No experiments.</summary>
    public static ExperimentSet None { get; } = new([]);

    public IReadOnlyList<PlacementExperiment> Experiments => experiments;

    /// <summary>Whether any of them is about a placement.</summary>
    internal bool IsAbout(string placement)
    {
        foreach (var experiment in experiments)
        {
            if (experiment.Placements.Include(placement))
                return true;
        }

        return false;
    }

    /// <summary>How a list is made for a user.</summary>
    /// <param name="placement">As the shop has it.</param>
    /// <param name="userId">The id that decides: the one that the list is asked for with, or what <see cref="UserAssignments"/> say; null for nobody known.</param>
    /// <param name="filters">Of the catalogue. An experiment whose eligibility the catalogue's types forbid has no users.</param>
    /// <param name="context">What eligibility may know of the request.</param>
    /// <param name="versions">The models that are served; an experiment with a variant of another one has no users.</param>
    /// <returns>Null where no experiment has a say.</returns>
    internal Assignment? For(Placement placement, string? userId, FilterCache filters, in FilterContext context, IReadOnlySet<int> versions)
    {
        string? label = null;
        var (acts, special) = (false, Special.None);
        foreach (var experiment in experiments)
        {
            if (VariantIn(experiment, placement.Name, userId, filters, context, versions) is not { } variant || !MayAct(variant, ref special))
                continue;
            acts = true;
            var own = experiment.IsDecided ? $"={experiment.Id}" : experiment.LabelOf(variant);
            label = label is null ? own : string.Concat(label, ",", own);
        }

        if (!acts)
            return null;
        // Eligibility decides which experiments act, so the label, and not the user, is the key.
        return assignments.TryGetValue((placement.Name, label), out var known) ? known : assignments.GetOrAdd((placement.Name, label), Make(placement, userId, filters, context, versions));
    }

    private static ExperimentVariant? VariantIn(PlacementExperiment experiment, string placement, string? userId, FilterCache filters, in FilterContext context, IReadOnlySet<int> versions)
    {
        if (!experiment.Placements.Include(placement))
            return null;
        // Without one variant's model the others would be compared with what is not theirs.
        for (var position = 0; position < experiment.ModelVersions.Count; position++)
        {
            if (!versions.Contains(experiment.ModelVersions[position]))
                return null;
        }

        if (experiment.Eligibility is { } text && !(filters.Get(text, UnknownFields.AreMissing).Filter is { DependsOnItem: false } condition && condition.Holds(context)))
            return null;
        return experiment.VariantOf(userId);
    }

    /// <summary>What a list can be once.</summary>
    [Flags]
    private enum Special
    {
        None = 0,
        Interleaved = 1,
        Shadow = 2,
    }

    /// <summary>A list is drawn from two variants at most, and has one other beside it: a second experiment of the kind takes no part in it.</summary>
    private static bool MayAct(ExperimentVariant variant, ref Special special)
    {
        var kind = ReferenceEquals(variant, PlacementExperiment.Interleaved) ? Special.Interleaved : ReferenceEquals(variant, PlacementExperiment.Shadow) ? Special.Shadow : Special.None;
        if (kind != Special.None && special.HasFlag(kind))
            return false;
        special |= kind;
        return true;
    }

    private Assignment Make(Placement placement, string? userId, FilterCache filters, in FilterContext context, IReadOnlySet<int> versions)
    {
        var made = placement;
        var withoutRules = new HashSet<string>(StringComparer.Ordinal);
        var labels = new List<string>();
        var special = Special.None;
        Interleaving? interleaving = null;
        Placement? shadow = null;
        foreach (var experiment in experiments)
        {
            if (VariantIn(experiment, placement.Name, userId, filters, context, versions) is not { } variant || !MayAct(variant, ref special))
                continue;
            var isSpecial = ReferenceEquals(variant, PlacementExperiment.Interleaved) || ReferenceEquals(variant, PlacementExperiment.Shadow);
            var (first, second) = isSpecial ? (experiment.Variants[0], experiment.Variants[1]) : (variant, null);
            // What others change is changed of every list.
            var change = isSpecial ? null : variant.Change;
            interleaving = interleaving is null ? null : interleaving with { Second = Changed(interleaving.Second, change) };
            shadow = shadow is null ? null : Changed(shadow, change);
            if (ReferenceEquals(variant, PlacementExperiment.Interleaved))
                interleaving = new Interleaving(Changed(made, second!.Change), first.Name, second.Name);
            else if (isSpecial)
                shadow = Changed(made, second!.Change);
            made = Changed(made, first.Change);

            withoutRules.UnionWith(variant.WithoutRules);
            if (!experiment.IsDecided)
                labels.Add(experiment.LabelOf(variant));
        }

        // A copy always, because pipelines are kept by the object.
        return new Assignment(made with { Variant = labels.Count == 0 ? null : string.Join(Separator, labels) }, withoutRules)
        {
            Interleaving = interleaving is null ? null : interleaving with { Second = interleaving.Second with { } },
            Shadow = shadow is null ? null : shadow with { },
        };

        static Placement Changed(Placement placement, Func<Placement, Placement>? change) => change?.Invoke(placement) ?? placement;
    }
}
