using RecoService.Engine.Data;
using RecoService.Engine.Recommending;

namespace RecoService.Api.Wire;

/// <summary>Turns the interactions of a session into what the engine takes, or names every fault of them. Thread-safe.</summary>
internal sealed class SessionValidator(InteractionValidator interactions, WireLimits limits, TimeProvider time)
{
    /// <returns>One per request, in order; what has no time of its own happened one millisecond after the other, the last one now; a time ahead is now. Empty when there was a fault.</returns>
    public IReadOnlyList<SessionInteraction> Validate(IReadOnlyList<SessionInteractionRequest?> requests, ICollection<FieldProblem> problems)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var before = problems.Count;
        var session = new SessionInteraction[requests.Count];
        for (var position = 0; position < session.Length; position++)
        {
            var fields = new FieldScope($"interactions[{position}]", problems);
            if (requests[position] is not { } request)
            {
                fields.Add("", "is null; an interaction is an object");
                continue;
            }

            fields.CheckId("itemId", request.ItemId, limits);
            var kindIndex = interactions.CheckKindAndValue(fields, request.Kind, request.Value);
            fields.CheckTime("occurredAt", request.OccurredAt, limits, time);
            if (!fields.FoundAny)
            {
                session[position] = new SessionInteraction(
                    request.ItemId!, kindIndex!.Value, (float)(request.Value ?? 0),
                    Math.Min(request.OccurredAt?.ToUnixTimeMilliseconds() ?? now - (session.Length - 1 - position), now));
            }
        }

        return problems.Count == before ? session : [];
    }
}
