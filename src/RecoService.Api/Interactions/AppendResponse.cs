using System.Text.Json.Serialization;
using RecoService.Api.Http;
using RecoService.Storage;

namespace RecoService.Api.Interactions;

/// <summary>What became of the interactions of a call.</summary>
/// <param name="Accepted">How many are new.</param>
/// <param name="Duplicates">How many were stored before, or are older than the rating that is stored; they changed nothing.</param>
/// <param name="Clamped">How many of the accepted said that they happened later than they arrived; their arrival counts.</param>
/// <param name="Refused">How many were left out; 0 unless the call said <c>partial=true</c>.</param>
internal sealed record AppendResponse(int Accepted, int Duplicates, int Clamped, int Refused)
{
    /// <summary>
    /// One by one: those that got an id here, were clamped or are duplicates; with <c>partial=true</c> all of them. Left out when there is nothing to tell.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<InteractionResult>? Results { get; init; }

    /// <param name="sent">What was sent to the store.</param>
    /// <param name="result">What the store says to it.</param>
    public static AppendResponse Of(IReadOnlyList<NewInteraction> sent, AppendResult result)
    {
        List<InteractionResult>? results = null;
        for (var position = 0; position < sent.Count; position++)
        {
            var stored = result.Interactions[position];
            if (!stored.IsAccepted || stored.IsClamped || (sent[position].Id is null && stored.Id is not null))
                (results ??= []).Add(InteractionResult.Of(position, stored));
        }

        return new AppendResponse(result.Accepted, result.Duplicates, result.Clamped, result.Conflicts) { Results = results };
    }
}

/// <summary>What became of one interaction.</summary>
/// <param name="Index">Its place in the call, from 0.</param>
/// <param name="Id">The id it is stored under: yours, or the one it got here. Null for a rating without one, and for what was refused without one.</param>
/// <param name="Status">accepted, duplicate or refused.</param>
internal sealed record InteractionResult(int Index, string? Id, string Status)
{
    /// <summary>The time it is stored under, where what was sent lies ahead of this service's clock.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>Why it was refused.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Problems { get; init; }

    public static InteractionResult Of(int index, AppendedInteraction stored) => stored.Status switch
    {
        AppendStatus.Accepted => new InteractionResult(index, stored.Id, "accepted") { OccurredAt = stored.IsClamped ? DateTimeOffset.FromUnixTimeMilliseconds(stored.OccurredAt) : null },
        AppendStatus.Duplicate => new InteractionResult(index, stored.Id, "duplicate"),
        _ => OfRefused(index, stored.Id, ["id is taken by an interaction with other content"]),
    };

    public static InteractionResult OfRefused(int index, string? id, IReadOnlyList<string> problems) => new(index, id, "refused") { Problems = problems };
}
