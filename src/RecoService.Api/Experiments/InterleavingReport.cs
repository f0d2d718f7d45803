using System.Globalization;
using RecoService.Api.Serving;
using RecoService.Engine.Experiments;

namespace RecoService.Api.Experiments;

/// <summary>What the users of an interleaved experiment preferred.</summary>
/// <param name="First">The first variant.</param>
/// <param name="Second">The second variant.</param>
/// <param name="FirstWins">Users who clicked more of the first.</param>
/// <param name="SecondWins">Users who clicked more of the second.</param>
/// <param name="Ties">Users who clicked as many of both, or none.</param>
/// <param name="Preference">-0.5 to 0.5, above 0 where the second is preferred: (second wins + ties / 2) / users - 1/2; null without users.</param>
/// <param name="P">Of the sign test, for one look at the end.</param>
/// <param name="Credit">Clicks on items of the second less those of the first, per user, with an always-valid 95% interval.</param>
internal sealed record InterleavingResponse(string First, string Second, long FirstWins, long SecondWins, long Ties, double? Preference, double P, EffectResponse Credit);

/// <summary>Makes the report of an interleaved experiment.</summary>
internal static class InterleavingReports
{
    /// <summary>With fewer users who preferred one the figures say nothing.</summary>
    private const int FewestPreferences = 20;

    /// <param name="id">The experiment.</param>
    /// <param name="definition">What it is.</param>
    /// <param name="credits">Per user, clicks of the second variant less those of the first.</param>
    /// <param name="until">Until when users are counted.</param>
    public static ExperimentReport Of(string id, ExperimentDefinition definition, double[] credits, DateTimeOffset until)
    {
        var result = InterleavingResult.Of(credits);
        var names = definition.Variants.Select(variant => variant.Name!).ToList();
        var credit = EffectResponse.Of(result.Effect.AlwaysValid());
        return new ExperimentReport(
            id, definition.State, definition.Plan.Metric ?? ExperimentChecks.Metrics[0], definition.StartedAt, until, TextOf(names[0], names[1], result, credit), credits.Length, 0, null, [])
        {
            Interleaving = new InterleavingResponse(
                names[0], names[1], result.FirstWins, result.SecondWins, result.Ties, double.IsFinite(result.Preference) ? result.Preference : null, result.SignP, credit),
        };
    }

    private static string TextOf(string first, string second, InterleavingResult result, EffectResponse credit)
    {
        var preferring = result.FirstWins + result.SecondWins;
        if (preferring < FewestPreferences)
            return $"Nothing is known yet: {preferring} users preferred one of the two, and fewer than {FewestPreferences} say nothing.";
        var counts = string.Create(CultureInfo.InvariantCulture, $"{result.SecondWins:N0} users preferred '{second}', {result.FirstWins:N0} '{first}', {result.Ties:N0} neither");
        return credit switch
        {
            { Low: > 0 } => $"'{second}' is clicked more than '{first}' in one list: {counts}.",
            { High: < 0 } => $"'{second}' is clicked less than '{first}' in one list: {counts}.",
            _ => $"Nothing is known yet of '{second}' beside '{first}': {counts}.",
        };
    }
}
