using System.Text.Json;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Interactions;

/// <summary><c>partial=true</c>: the good interactions of a call are stored, and each bad one is told with its faults.</summary>
internal static class PartialAppend
{
    public static async Task<AppendResponse> RunAsync(
        IReadOnlyList<JsonElement> bodies, Shop shop, InteractionWriter writer, CancellationToken cancellationToken)
    {
        var results = new InteractionResult[bodies.Count];
        List<NewInteraction> good = [];
        List<int> positions = [];
        for (var position = 0; position < results.Length; position++)
        {
            var problems = new List<FieldProblem>();
            var request = WireJson.Convert<InteractionRequest>(bodies[position], problems);
            if (request is not null && shop.Validators.Interactions.Validate(request, fieldPrefix: "", problems) is { } interaction)
            {
                good.Add(interaction);
                positions.Add(position);
            }
            else
            {
                results[position] = InteractionResult.OfRefused(position, IdOf(bodies[position]), [.. problems.Select(problem => problem.ToString())]);
            }
        }

        var stored = await AppendAsync(good, positions, results.Length, shop, writer, cancellationToken);
        for (var number = 0; number < positions.Count; number++)
            results[positions[number]] = InteractionResult.Of(positions[number], stored.Interactions[number]);
        return new AppendResponse(stored.Accepted, stored.Duplicates, stored.Clamped, results.Length - stored.Accepted - stored.Duplicates) { Results = results };
    }

    /// <summary>Where the outcome is unknown, the ids stand in the places of the call.</summary>
    private static async Task<AppendResult> AppendAsync(
        List<NewInteraction> good, List<int> positions, int count, Shop shop, InteractionWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            return await writer.AppendAsync(shop, good, cancellationToken, skipConflicts: true);
        }
        catch (StorageUnavailableException exception) when (exception.Ids is not null)
        {
            var ids = new string?[count];
            for (var number = 0; number < positions.Count; number++)
                ids[positions[number]] = exception.Ids[number];
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
