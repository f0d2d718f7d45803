using RecoService.Engine.Recommending.Filtering;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending.Reasons;

/// <summary>Why an item of a list is in it.</summary>
/// <param name="Reason">What speaks for it.</param>
/// <param name="KindIndex">What the user did with the first item of the reason, by the kind of the largest weight; null where they did nothing, or that is not kept.</param>
/// <param name="RuleIds">The merchant's rules that act on it.</param>
public sealed record ListReason(Reason Reason, byte? KindIndex, IReadOnlyList<string> RuleIds);

/// <summary>Why an item is in a list, or why not.</summary>
/// <param name="Absence">Why it is not; <see cref="Filtering.Absence.None"/> where it is.</param>
/// <param name="Position">Its place in the list, from 1; null where it is not in it.</param>
/// <param name="Candidate">The item with its score and source; null where no source knows it, or a filter leaves it out.</param>
/// <param name="Last">The last of the list; null where it is empty.</param>
/// <param name="OtherIndex">The item of its group that is in the list; null where that is not the matter.</param>
/// <param name="Reason">What speaks for it; null where it is no candidate.</param>
/// <param name="RuleIds">The merchant's rules that act on it.</param>
public sealed record ItemExplanation(Absence Absence, int? Position, Candidate? Candidate, Candidate? Last, int? OtherIndex, ListReason? Reason, IReadOnlyList<string> RuleIds);
