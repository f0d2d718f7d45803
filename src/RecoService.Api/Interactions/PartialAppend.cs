using System.Text.Json;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Interactions;

/// <summary><c>partial=true</c>: the good interactions of a call are stored, and each bad one is told with its faults.</summary>
internal static class PartialAppend
{
    public static async Task<AppendResponse> RunAsync(
        IReadOnlyList<JsonElement> bodies, InteractionValidator validator, InteractionWriter writer, CancellationToken cancellationToken)
    {
        var results = new InteractionResult[bodies.Count];
        List<NewInteraction> good = [];
        List<int> places = [];
        for (var place = 0; place < results.Length; place++)
        {
            var problems = new List<FieldProblem>();
            var request = WireJson.Convert<InteractionRequest>(bodies[place], problems);
            if (request is not null && validator.Validate(request, fieldPrefix: "", problems) is { } interaction)
            {
                good.Add(interaction);
                places.Add(place);
            }
            else
            {
                results[place] = InteractionResult.OfRefused(place, IdOf(bodies[place]), [.. problems.Select(problem => problem.ToString())]);
            }
        }

        var stored = await AppendAsync(good, places, results.Length, writer, cancellationToken);
        for (var number = 0; number < places.Count; number++)
            results[places[number]] = InteractionResult.Of(places[number], stored.Interactions[number]);
        return new AppendResponse(stored.Accepted, stored.Duplicates, stored.Clamped, results.Length - stored.Accepted - stored.Duplicates) { Results = results };
    }

    /// <summary>Where the outcome is unknown, the ids stand in the places of the call.</summary>
    private static async Task<AppendResult> AppendAsync(
        List<NewInteraction> good, List<int> places, int count, InteractionWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            return await writer.AppendAsync(good, cancellationToken, skipConflicts: true);
        }
        catch (StorageUnavailableException exception) when (exception.Ids is not null)
        {
            var ids = new string?[count];
            for (var number = 0; number < places.Count; number++)
                ids[places[number]] = exception.Ids[number];
            throw new StorageUnavailableException(exception.Message, exception.InnerException) { OutcomeIsUnknown = exception.OutcomeIsUnknown, Ids = ids };
        }
    }

    private static string? IdOf(JsonElement body) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && id.TryGetText(out var text) ? text : null;

    /// <summary>A string of the wire may hold half a character, which is not text.</summary>
    private static bool TryGetText(this JsonElement element, out string? text)
    {
        try
        {
            text = element.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            text = null;
            return false;
        }
    }
}
