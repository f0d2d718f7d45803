using System.CommandLine;
using RecoService.Api.Hosting;
using RecoService.Api.Security;

namespace RecoService.Api.Commands;

/// <summary>Writes the owner's report of a running service into a file, as for a weekly mail.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "The HTML file to write." };
        var url = new Option<string>("--url") { Description = "The service.", DefaultValueFactory = _ => RecoApplication.DefaultUrl };
        var key = new Option<string?>("--key") { Description = "A viewer's or an admin key of the service; the variable RECO_ADMIN_KEY when left out. In Development the service asks for none.", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("RECO_ADMIN_KEY") };
        var from = new Option<string?>("--from") { Description = "The first day, as 2026-01-31, UTC; 29 days before the last one when left out." };
        var to = new Option<string?>("--to") { Description = "The last day; today when left out." };
        var language = new Option<string>("--language") { Description = "en or zh.", DefaultValueFactory = _ => "en" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Write over a file that is there." };
        var command = new Command("report", "Write what was sold, what changed and what to look at into one HTML file, from a running service.") { file, url, key, from, to, language, overwrite };
        command.SetAction(async (result, ct) =>
        {
            var path = result.GetRequiredValue(file).FullName;
            if (!CommandConsole.On(Console.Error).MayWrite(result.GetRequiredValue(file), result.GetValue(overwrite)))
                return 1;
            if (!Uri.TryCreate(result.GetRequiredValue(url), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            {
                await Console.Error.WriteLineAsync($"--url {result.GetRequiredValue(url)} is no http address.");
                return 1;
            }

            // An address with a path has to end in a slash, or the path is lost.
            using var client = new HttpClient { BaseAddress = new Uri(address.AbsoluteUri.TrimEnd('/') + "/") };
            if (result.GetValue(key) is { Length: > 0 } secret)
                client.DefaultRequestHeaders.Add(ApiKeyHandler.HeaderName, secret);
            client.DefaultRequestHeaders.AcceptLanguage.TryParseAdd(result.GetRequiredValue(language));
            return await WriteAsync(client, QueryOf(result.GetValue(from), result.GetValue(to)), path, ct);
        });
        return command;
    }

    private static string QueryOf(string? from, string? to)
    {
        var days = new[] { ("from", from), ("to", to) }.Where(day => day.Item2 is not null).Select(day => $"{day.Item1}={Uri.EscapeDataString(day.Item2!)}");
        return $"admin/report?{string.Join('&', days)}".TrimEnd('?');
    }

    private static async Task<int> WriteAsync(HttpClient client, string query, string path, CancellationToken ct)
    {
        try
        {
            using var response = await client.GetAsync(new Uri(query, UriKind.Relative), ct);
            var text = await response.Content.ReadAsStringAsync(ct);
            if (!response.IsSuccessStatusCode)
            {
                await Console.Error.WriteLineAsync($"{client.BaseAddress} answered {(int)response.StatusCode}: {text}");
                return 1;
            }

            await File.WriteAllTextAsync(path, text, ct);
            await Console.Out.WriteLineAsync($"The report is in {path}.");
            return 0;
        }
        catch (HttpRequestException exception)
        {
            await Console.Error.WriteLineAsync($"{client.BaseAddress}: {exception.Message}");
            return 1;
        }
    }
}
