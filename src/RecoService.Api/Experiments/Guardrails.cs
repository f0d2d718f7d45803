using System.Globalization;
using System.Text.Json.Serialization;
using RecoService.Api.Settings;
using RecoService.Engine.Experiments;
using RecoService.Storage.Attribution;

namespace RecoService.Api.Experiments;

/// <summary>What a better metric must not be paid with.</summary>
/// <param name="Guardrail">emptyLists: the share of lists without an item; fallbackItems: the share of items that the first source of the placement did not have; latency: milliseconds that it took to make a list, on average.</param>
/// <param name="Value">Of the variant; null where it is not known.</param>
internal sealed record GuardrailReport(string Guardrail, double? Value)
{
    /// <summary>Variant minus control, with an always-valid 95% interval; null for the control.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EffectResponse? Difference { get; init; }

    /// <summary>How much higher than the control's it may be, by the settings.</summary>
    public double Bound { get; init; }

    /// <summary>It is higher for sure, and by more than the bound as far as is known now.</summary>
    public bool Alarm { get; init; }
}

/// <summary>Compares the guardrails of a variant with those of the control.</summary>
/// <param name="settings">Has the bounds.</param>
internal sealed class Guardrails(ExperimentSettings settings)
{
    private const string EmptyLists = "emptyLists";
    private const string FallbackItems = "fallbackItems";
    private const string Latency = "latency";

    /// <summary>Each guardrail of a variant.</summary>
    /// <param name="control">Of the first variant.</param>
    /// <param name="variant">Of the variant, which may be the first.</param>
    /// <param name="isControl">Whether it is.</param>
    public IReadOnlyList<GuardrailReport> Of(VariantSums control, VariantSums variant, bool isControl) =>
    [
        Of(EmptyLists, VariantNumbers.EmptyLists, VariantNumbers.Lists, settings.MaxEmptyLists, control, variant, isControl),
        Of(FallbackItems, VariantNumbers.FallbackItems, VariantNumbers.Shown, settings.MaxFallbackItems, control, variant, isControl),
        Of(Latency, VariantNumbers.Milliseconds, VariantNumbers.TimedLists, settings.MaxLatency.TotalMilliseconds, control, variant, isControl),
    ];

    private static GuardrailReport Of(string name, int part, int whole, double bound, VariantSums control, VariantSums variant, bool isControl)
    {
        var now = ArmEstimate.Ratio(VariantNumbers.MomentsOf(variant, part, whole));
        var report = new GuardrailReport(name, double.IsFinite(now.Value) ? now.Value : null) { Bound = bound };
        if (isControl)
            return report;
        var interval = Effect.Absolute(ArmEstimate.Ratio(VariantNumbers.MomentsOf(control, part, whole)), now).AlwaysValid();
        var isEnough = Math.Min(control.Count, variant.Count) >= ExperimentReports.FewestUsers;
        return report with { Difference = EffectResponse.Of(interval), Alarm = isEnough && interval.Low > 0 && interval.Estimate > bound };
    }

    /// <summary>A sentence for each alarm; empty without any.</summary>
    public static string TextOf(IReadOnlyList<VariantReport> variants) => string.Concat(
        from variant in variants
        from guardrail in variant.Guardrails
        where guardrail.Alarm
        select $" Beware of '{variant.Name}': {SentenceOf(guardrail)}, and the bound is {In(guardrail, guardrail.Bound)}.");

    private static string SentenceOf(GuardrailReport guardrail)
    {
        var more = In(guardrail, guardrail.Difference!.Estimate!.Value);
        return guardrail.Guardrail switch
        {
            EmptyLists => $"{In(guardrail, guardrail.Value!.Value)} of its lists are empty, {more} more than of the control's",
            FallbackItems => $"{In(guardrail, guardrail.Value!.Value)} of its items are fallbacks, {more} more than of the control's",
            _ => $"it takes {In(guardrail, guardrail.Value!.Value)} to make one of its lists, {more} more than one of the control's",
        };
    }

    private static string In(GuardrailReport guardrail, double value) =>
        guardrail.Guardrail == Latency ? string.Create(CultureInfo.InvariantCulture, $"{value:0.##} ms") : string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.##}%");
}
