using System.Globalization;
using System.Text.Json.Serialization;
using RecoService.Api.Serving;
using RecoService.Engine.Experiments;
using RecoService.Storage.Attribution;
using static RecoService.Api.Experiments.VariantNumbers;

namespace RecoService.Api.Experiments;

/// <param name="Id">The experiment.</param>
/// <param name="State">draft, running, stopped or decided.</param>
/// <param name="Metric">What decides.</param>
/// <param name="StartedAt">UTC; null: it has not started.</param>
/// <param name="Until">UTC: until when users are counted; null: it has not started.</param>
/// <param name="Text">What is known now, in a sentence.</param>
/// <param name="Users">Users of all variants.</param>
/// <param name="MixedUsers">Users who saw more than one variant, as after a merge; they are in no figure.</param>
/// <param name="SampleRatio">Whether users fell into the variants as the shares say; null before anybody did.</param>
/// <param name="Variants">The first is the control.</param>
internal sealed record ExperimentReport(
    string Id, ExperimentState State, string Metric, DateTimeOffset? StartedAt, DateTimeOffset? Until, string Text, long Users, long MixedUsers, SampleRatioResponse? SampleRatio, IReadOnlyList<VariantReport> Variants)
{
    /// <summary>What users preferred, of an interleaved experiment; there are no figures per variant then, for every user sees both.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public InterleavingResponse? Interleaving { get; init; }

    /// <summary>How the lists compare, of an experiment in the shadow; there are no figures per variant then, for every user sees the first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ShadowResponse? Shadow { get; init; }
}

/// <param name="P">How probable such counts are, if all is well.</param>
/// <param name="Alarm">Below 0.001: something loses or doubles users of one variant, and no figure can be trusted.</param>
internal sealed record SampleRatioResponse(double P, bool Alarm);

/// <summary>What the users of a variant did.</summary>
/// <param name="Name">The variant.</param>
/// <param name="Share">Its part of the users, 0..1.</param>
/// <param name="Users">Users who saw a list of it.</param>
/// <param name="Lists">Lists shown to them.</param>
/// <param name="Impressions">Items shown to them.</param>
/// <param name="Clicks">Of these, how many were clicked.</param>
/// <param name="Orders">Distinct orders with something that was shown.</param>
/// <param name="Revenue">Of what was shown and ordered.</param>
/// <param name="Metrics">Each metric, and how it differs from the control's.</param>
/// <param name="Guardrails">What must not become worse for it, and how that differs from the control's.</param>
internal sealed record VariantReport(string Name, double Share, long Users, long Lists, long Impressions, long Clicks, long Orders, double Revenue, IReadOnlyList<MetricReport> Metrics,
    IReadOnlyList<GuardrailReport> Guardrails);

/// <summary>One metric of one variant.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Value">Of the variant; null before anybody saw it.</param>
internal sealed record MetricReport(string Metric, double? Value)
{
    /// <summary>Variant minus control, with an always-valid 95% interval; null for the control.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EffectResponse? Difference { get; init; }

    /// <summary>The same as a part of the control's value: 0.05 is a lift of 5%; null for the control.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EffectResponse? Lift { get; init; }

    /// <summary>The difference without what the users' interactions of the 14 days before explain of it (CUPED); null for the control, for rates of impressions, and where they explain nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EffectResponse? AdjustedDifference { get; init; }

    /// <summary>How many users of both variants it takes to see a lift of 5% four times in five; null for the control, or where nothing is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? UsersForFivePercent { get; init; }

    /// <summary>Whether the difference is one of the first look; null for the control, and for metrics other than the click-through rate.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NoveltyResponse? Novelty { get; init; }
}

/// <summary>How the difference to the control changes with how long users have known their variant.</summary>
/// <param name="FirstDay">The difference in the lists of each user's first day.</param>
/// <param name="Later">The difference in all later lists.</param>
/// <param name="Fading">The first minus the later, with an always-valid interval.</param>
/// <param name="Alarm">The interval leaves 0: what holds later is the later difference, and not the whole one.</param>
internal sealed record NoveltyResponse(EffectResponse FirstDay, EffectResponse Later, EffectResponse Fading, bool Alarm);

/// <summary>An effect with an interval that may be looked at as often as one likes.</summary>
/// <param name="Estimate">Null where it is not known.</param>
/// <param name="Low">Null where nothing bounds it.</param>
/// <param name="High">Null where nothing bounds it.</param>
/// <param name="P">Below 0.05 at any look: there is an effect.</param>
internal sealed record EffectResponse(double? Estimate, double? Low, double? High, double P)
{
    public static EffectResponse Of(EffectInterval interval) => new(Finite(interval.Estimate), Finite(interval.Low), Finite(interval.High), interval.P);

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}

/// <summary>Makes the report of an experiment from what its users did.</summary>
internal static class ExperimentReports
{
    /// <summary>With fewer users in a variant its figures say nothing.</summary>
    internal const int FewestUsers = 30;

    public static ExperimentReport Of(string id, ExperimentDefinition definition, ExperimentFigures figures, DateTimeOffset? until, Guardrails guardrails)
    {
        var metric = definition.Plan.Metric ?? ExperimentChecks.Metrics[0];
        var plans = definition.Variants.ToList();
        var sums = plans.ConvertAll(plan => figures.Variants.FirstOrDefault(variant => variant.Variant == plan.Name) ?? new VariantSums(plan.Name!));
        var total = plans.Sum(plan => plan.Share ?? 0);
        var variants = plans.Select((plan, number) => new VariantReport(
            plan.Name!, (plan.Share ?? 0) / total, sums[number].Count, (long)sums[number].Sums[Lists], (long)sums[number].Sums[Shown], (long)sums[number].Sums[Clicked], (long)sums[number].Sums[Ordered],
            Math.Round(sums[number].Sums[Spent], 4), [.. ExperimentChecks.Metrics.Select(name => MetricOf(name, sums[0], sums[number], isControl: number == 0, ShareOf(plans[0].Share, plan.Share)))],
            guardrails.Of(sums[0], sums[number], isControl: number == 0))).ToList();
        var users = sums.Sum(variant => variant.Count);
        var p = SampleRatio.P([.. sums.Select(variant => variant.Count)], [.. plans.Select(plan => plan.Share ?? 0)]);
        var ratio = users == 0 ? null : new SampleRatioResponse(p, p < SampleRatio.AlarmBelow);
        return new ExperimentReport(id, definition.State, metric, definition.StartedAt, until, TextOf(definition, metric, variants, ratio), users, figures.MixedUsers, ratio, variants);
    }

    private static double ShareOf(double? control, double? variant) => (variant ?? 1) / ((control ?? 1) + (variant ?? 1));

    private static MetricReport MetricOf(string metric, VariantSums control, VariantSums variant, bool isControl, double share)
    {
        var now = EstimateOf(metric, variant);
        var report = new MetricReport(metric, double.IsFinite(now.Value) ? now.Value : null);
        if (isControl)
            return report;
        var before = EstimateOf(metric, control);
        var relative = before.Variance / (before.Value * before.Value);
        return report with
        {
            Difference = EffectResponse.Of(Effect.Absolute(before, now).AlwaysValid()),
            Lift = EffectResponse.Of(Effect.Relative(before, now).AlwaysValid()),
            AdjustedDifference = AdjustedOf(metric, control, variant),
            Novelty = metric == "clickThroughRate" ? NoveltyOf(control, variant) : null,
            UsersForFivePercent = double.IsFinite(relative) && relative > 0 ? new SampleSize(Share: share).AlwaysValid(relative, 0.05) : null,
        };
    }

    private static NoveltyResponse? NoveltyOf(VariantSums control, VariantSums variant)
    {
        var (before, now) = (FirstAndLater(control), FirstAndLater(variant));
        if (before is null || now is null)
            return null;
        var fading = Effect.Absolute(ArmEstimate.RatioChange(before), ArmEstimate.RatioChange(now)).AlwaysValid();
        return new NoveltyResponse(EffectOf(0), EffectOf(2), EffectResponse.Of(fading), fading.Low > 0 || fading.High < 0);

        EffectResponse EffectOf(int first) => EffectResponse.Of(Effect.Absolute(RatioOf(before, first), RatioOf(now, first)).AlwaysValid());

        static ArmEstimate RatioOf(JointMoments moments, int first) => ArmEstimate.Ratio(moments.Transform([.. Enumerable.Range(first, 2).Select(number => Enumerable.Range(0, 4).Select(one => one == number ? 1.0 : 0).ToArray())]));
    }

    /// <summary>Items clicked and shown on the first day of each user, and later ones; null where nobody has come again.</summary>
    private static JointMoments? FirstAndLater(VariantSums sums)
    {
        var moments = MomentsOf(sums, FirstClicked, FirstShown, Clicked, Shown);
        // What is later is all but the first.
        var later = moments.Transform([[1, 0, 0, 0], [0, 1, 0, 0], [-1, 0, 1, 0], [0, -1, 0, 1]]);
        return later.Mean(1) > 0 && later.Mean(3) > 0 ? later : null;
    }

    internal static ArmEstimate EstimateOf(string metric, VariantSums sums) => metric == "clickThroughRate" ? ArmEstimate.Ratio(MomentsOf(sums, Clicked, Shown)) : ArmEstimate.Mean(MomentsOf(sums, NumberOf(metric))[0]);

    private static EffectResponse? AdjustedOf(string metric, VariantSums control, VariantSums variant)
    {
        if (metric == "clickThroughRate" || control.Count < 2 || variant.Count < 2)
            return null;
        var adjusted = Cuped.OfMeans(MomentsOf(control, NumberOf(metric), Before), MomentsOf(variant, NumberOf(metric), Before));
        return adjusted.Theta == 0 ? null : EffectResponse.Of(Effect.Absolute(adjusted.Control, adjusted.Variant).AlwaysValid());
    }

    private static int NumberOf(string metric) => metric switch
    {
        "conversionRate" => Bought,
        "ordersPerUser" => Ordered,
        "revenuePerUser" => Spent,
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "It is no mean per user."),
    };

    private static string TextOf(ExperimentDefinition definition, string metric, List<VariantReport> variants, SampleRatioResponse? ratio)
    {
        if (definition.StartedAt is null)
            return "The experiment has not started.";
        if (ratio is { Alarm: true })
            return string.Create(CultureInfo.InvariantCulture, $"Trust no figure: users fell into the variants otherwise than the shares say (p = {ratio.P:0.0e+0}).");
        if (variants.Find(variant => variant.Users < FewestUsers) is { } few)
            return $"Nothing is known yet: {few.Users} users have seen '{few.Name}', and fewer than {FewestUsers} say nothing.";
        var texts = new List<string>();
        foreach (var variant in variants.Skip(1))
        {
            var own = variant.Metrics.First(one => one.Metric == metric);
            var effect = own.AdjustedDifference ?? own.Difference!;
            var interval = $"{metric} differs by {Signed(effect.Estimate)} ({Signed(effect.Low)} to {Signed(effect.High)})";
            texts.Add(effect switch
            {
                { Low: > 0 } => $"'{variant.Name}' is better than '{variants[0].Name}': {interval}.",
                { High: < 0 } => $"'{variant.Name}' is worse than '{variants[0].Name}': {interval}.",
                _ => $"Nothing is known yet of '{variant.Name}' beside '{variants[0].Name}': {interval}.{Needed(own.UsersForFivePercent, variants[0].Users + variant.Users)}",
            });
        }

        return string.Join(' ', texts) + Guardrails.TextOf(variants);
    }

    private static string Needed(long? users, long there) =>
        users is null ? "" : string.Create(CultureInfo.InvariantCulture, $" To see a lift of 5% takes about {users:N0} users; there are {there:N0}.");

    private static string Signed(double? value) => value is { } number ? number.ToString("+0.####;-0.####;0", CultureInfo.InvariantCulture) : "?";
}
