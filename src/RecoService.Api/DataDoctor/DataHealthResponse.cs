using RecoService.Api.Diagnosing;

namespace RecoService.Api.DataDoctor;

/// <summary>What is wrong with the data, as it was last found out.</summary>
/// <param name="AsOf">When the data were counted, UTC; null before the first time.</param>
/// <param name="MeasuredAt">When costs were last measured, UTC; null: never.</param>
/// <param name="Computing">Whether it is being found out anew, on any replica.</param>
/// <param name="Stage">What this replica is at; null where another one computes, or none.</param>
/// <param name="Progress">How far it is within that, 0 to 1; null where another one computes, or none.</param>
/// <param name="Failure">Why the last computation of this replica failed; null: it did not.</param>
/// <param name="Summary">The data in figures; null before the first time.</param>
/// <param name="Findings">The gravest first.</param>
internal sealed record DataHealthResponse(
    DateTimeOffset? AsOf, DateTimeOffset? MeasuredAt, bool Computing, string? Stage, double? Progress, string? Failure, DataSummaryResponse? Summary, IReadOnlyList<FindingResponse> Findings);

/// <param name="Interactions">Interactions and ratings.</param>
/// <param name="Users">Users with a record or an interaction.</param>
/// <param name="ActiveUsers">Those with an interaction.</param>
/// <param name="ListedItems">Items with a catalogue record.</param>
/// <param name="ActiveItems">Items with an interaction, listed or not.</param>
/// <param name="Sparsity">The share of pairs of an active user and an active item that have no interaction, 0 to 1.</param>
/// <param name="Gini">How unevenly interactions are spread over active items: 0 evenly, near 1 on few.</param>
/// <param name="TopShare">The share of interactions that the most touched 1% of the active items have, 0 to 1.</param>
/// <param name="ColdUserShare">The share of users with fewer than 3 interactions, 0 to 1.</param>
/// <param name="ColdItemShare">The share of listed items with fewer than 3 interactions, 0 to 1.</param>
/// <param name="LastWeek">Interactions of the last 7 days.</param>
/// <param name="WeekBefore">Interactions of the 7 days before.</param>
/// <param name="KindShift">Population stability index of the kinds, last week against the week before.</param>
/// <param name="CategoryShift">The same of the categories of the items.</param>
/// <param name="NewItemShare">The share of last week's interactions on items that were new in it, 0 to 1.</param>
/// <param name="NewItemShareBefore">The same of the week before.</param>
/// <param name="Kinds">Interactions by kind.</param>
internal sealed record DataSummaryResponse(
    long Interactions, long Users, long ActiveUsers, long ListedItems, long ActiveItems, double? Sparsity, double? Gini, double? TopShare, double? ColdUserShare, double? ColdItemShare, long LastWeek,
    long WeekBefore, double? KindShift, double? CategoryShift, double? NewItemShare, double? NewItemShareBefore, IReadOnlyList<KindResponse> Kinds);

/// <param name="Kind">The kind's name.</param>
/// <param name="Configured">Whether models learn from it.</param>
/// <param name="Interactions">Of all times.</param>
/// <param name="LastWeek">Of the last 7 days.</param>
/// <param name="WeekBefore">Of the 7 days before.</param>
internal sealed record KindResponse(string Kind, bool Configured, long Interactions, long LastWeek, long WeekBefore);

/// <summary>Something that is wrong with the data.</summary>
/// <param name="Code">Names it for programs.</param>
/// <param name="Severity">error, warning or note.</param>
/// <param name="Count">How many there are; of what, the message says.</param>
/// <param name="Share">The part of all of them, 0 to 1; null where there is no whole.</param>
/// <param name="About">What the examples are ids of: users, items or kinds.</param>
/// <param name="Examples">Up to 20 ids.</param>
/// <param name="Message">What was found.</param>
/// <param name="Harm">What it does to lists.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="Cost">What leaving it out gains in quality, where that can be measured; else null.</param>
/// <param name="NotMeasured">Why the cost is not measured; null where it is.</param>
internal sealed record FindingResponse(
    string Code, string Severity, long Count, double? Share, string About, IReadOnlyList<string> Examples, string Message, string Harm, string Remedy, FindingCostResponse? Cost, string? NotMeasured);

/// <param name="LeftOut">Interactions that were left out of the training part.</param>
/// <param name="Trainer">What was trained with and without them.</param>
/// <param name="NdcgWith">Quality of the lists with them, on a holdout without them.</param>
/// <param name="NdcgWithout">Quality without them.</param>
/// <param name="Gain">What leaving them out gains over the users judged by both: below 0 they help.</param>
/// <param name="GainLow">Lower end of its 95% interval.</param>
/// <param name="GainHigh">Upper end.</param>
/// <param name="Users">Users who judged both.</param>
internal sealed record FindingCostResponse(long LeftOut, string Trainer, double NdcgWith, double NdcgWithout, double Gain, double GainLow, double GainHigh, int Users)
{
    /// <summary>Null where nothing was measured.</summary>
    public static FindingCostResponse? Of(FaultCost? cost) => cost is { Gain: { } gain, With: { } with, Without: { } without, Trainer: { } trainer }
        ? new FindingCostResponse(cost.LeftOut, trainer, with, without, gain.Mean, gain.Low, gain.High, gain.Users)
        : null;
}
