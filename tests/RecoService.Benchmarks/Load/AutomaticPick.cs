using System.Net.Http.Json;
using System.Text.Json;
using RecoService.Api.Security;

namespace RecoService.Benchmarks.Load;

/// <summary>What a service picks that is left to itself: a model run by its own call, as a shop has it that sets nothing.</summary>
internal static class AutomaticPick
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(30);

    /// <summary>Waits for a run that tries all recommenders, and publishes what it picked.</summary>
    /// <returns>What that is, with its parts, and how long one thread takes over a list of it.</returns>
    /// <exception cref="InvalidOperationException">Nothing was published.</exception>
    public static async Task<string> MakeAsync(Uri service)
    {
        using var admin = new HttpClient { BaseAddress = service, DefaultRequestHeaders = { { ApiKeyHandler.HeaderName, LoadRequests.AdminKey } } };
        using var started = await admin.PostAsJsonAsync("/admin/retrain", new { force = true });
        started.EnsureSuccessStatusCode();
        using var deadline = new CancellationTokenSource(LongestRun);
        while (true)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), deadline.Token);
            var run = await admin.GetFromJsonAsync<JsonElement>(started.Headers.Location, deadline.Token);
            if (run.GetProperty("outcome").GetString() is not { } outcome)
                continue;
            if (outcome != "published")
                throw new InvalidOperationException($"The run was {outcome}: {run.GetProperty("reason").GetString()}");
            return Describe(run);
        }
    }

    private static string Describe(JsonElement run)
    {
        var metrics = run.GetProperty("metrics");
        var trainer = metrics.GetProperty("candidate").GetProperty("trainer").GetString();
        var pick = metrics.GetProperty("selection").EnumerateArray().FirstOrDefault(row => row.GetProperty("trainer").GetString() == trainer);
        if (pick.ValueKind == JsonValueKind.Undefined)
            return $"auto: {trainer}";
        var parts = pick.GetProperty("options") is { ValueKind: JsonValueKind.Object } options
            ? string.Join(", ", options.EnumerateObject().Where(option => option.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number).Select(option => $"{option.Name} {option.Value}"))
            : "defaults";
        return $"auto: {trainer} ({parts}), {pick.GetProperty("listMicroseconds")} us a list";
    }
}
