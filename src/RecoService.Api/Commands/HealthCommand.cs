using System.CommandLine;

namespace RecoService.Api.Commands;

/// <summary>Asks a running service how it is; for container health checks in images without curl.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var url = new Option<string>("--url") { Description = "What to ask.", DefaultValueFactory = _ => "http://127.0.0.1:8080/health/live" };
        var command = new Command("health", "Exit with 0 when a running service answers well, with 1 otherwise.") { url };
        command.SetAction(async (result, ct) =>
        {
            if (!Uri.TryCreate(result.GetRequiredValue(url), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            {
                await Console.Error.WriteLineAsync($"--url {result.GetRequiredValue(url)} is no http address.");
                return 1;
            }

            using var client = new HttpClient { Timeout = Timeout };
            try
            {
                using var response = await client.GetAsync(address, ct);
                Console.WriteLine($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(ct)}");
                return response.IsSuccessStatusCode ? 0 : 1;
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
            {
                await Console.Error.WriteLineAsync(exception.Message);
                return 1;
            }
        });
        return command;
    }
}
