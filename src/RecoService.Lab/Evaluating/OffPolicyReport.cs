using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

using RecoService.Engine.Evaluation.OffPolicy;

namespace RecoService.Lab.Evaluating;

/// <summary>What the log of one policy says of another: the same figures stand in every output.</summary>
/// <param name="Data">The file of the rounds.</param>
/// <param name="Policy">What is evaluated.</param>
/// <param name="Seed">Of the folds.</param>
/// <param name="Rounds">How many rounds.</param>
/// <param name="Actions">How many actions.</param>
/// <param name="ContextFeatures">How many numbers the reward model knows of a round, positions included.</param>
/// <param name="EffectiveSampleSize">How many rounds of the policy's own the log is worth.</param>
/// <param name="MeanWeight">1 where the propensities are right.</param>
/// <param name="LargestWeight">By how much one round may count.</param>
/// <param name="SwitchAt">The weight above which switch-DR trusts the model; null without a model.</param>
/// <param name="Rows">The estimators, and what was logged.</param>
/// <param name="Notes">What a reader should know of these figures.</param>
internal sealed record OffPolicyReport(
    string Data, string Policy, int Seed, int Rounds, int Actions, int ContextFeatures, double EffectiveSampleSize, double MeanWeight, double LargestWeight, double? SwitchAt,
    IReadOnlyList<OffPolicyRow> Rows, IReadOnlyList<string> Notes)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What stands above the table.</summary>
    [JsonIgnore]
    public string Title => $"{Data}: {Policy}";

    /// <summary>What stands below it.</summary>
    [JsonIgnore]
    public string DataLine => Text(
        $"{Rounds:N0} rounds of {Actions:N0} actions, worth {EffectiveSampleSize:N0} of the policy's own (effective sample size); mean weight {MeanWeight:0.000}, largest {LargestWeight:0.0}.");

    /// <summary>The table.</summary>
    public ReportGrid ToGrid() => new(
        ["estimator", "value", "standard error", "95% interval", "difference to the log (95%)"],
        [.. Rows.Select(row => (IReadOnlyList<string>)[row.Estimator, Text($"{row.Value:0.00000}"), Text($"{row.StandardError:0.00000}"), Between(row.Low, row.High),
            row.Difference is { } difference ? Text($"{difference:+0.00000;-0.00000;0.00000}") + $" ({Between(row.DifferenceLow, row.DifferenceHigh)})" : ""])]);

    /// <summary>All figures.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    private static string Between(double? low, double? high) => low is null || high is null ? "" : Text($"{low:0.00000} to {high:0.00000}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What one estimator says; the ends of intervals are null where nothing bounds them.</summary>
internal sealed record OffPolicyRow(string Estimator, double Value, double? StandardError, double? Low, double? High, double? Difference, double? DifferenceLow, double? DifferenceHigh)
{
    /// <summary>The row of an estimator.</summary>
    public static OffPolicyRow Of(PolicyValue value, string? name = null, bool isLog = false) => new(
        name ?? value.Estimator, value.Value, Finite(value.StandardError), Finite(value.Interval.Low), Finite(value.Interval.High),
        isLog ? null : value.Difference, isLog ? null : Finite(value.DifferenceInterval.Low), isLog ? null : Finite(value.DifferenceInterval.High));

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
