using System.CommandLine;
using System.Globalization;
using RecoService.Api.Hosting;
using RecoService.Api.Simulation;
using Spectre.Console;

namespace RecoService.Api.Commands;

/// <summary>Lets simulated users visit a running service, and compares its figures with the books of the simulated shop.</summary>
internal static class SimulateCommand
{
    /// <summary>Figures are brought up to date every minute by default, and lists are stored a moment after they are shown.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static Command Create()
    {
        var defaults = new SimulationOptions();
        var url = new Option<string>("--url") { Description = "The service.", DefaultValueFactory = _ => RecoApplication.DefaultUrl };
        var key = new Option<string?>("--key") { Description = "An admin key of the service; the variable RECO_ADMIN_KEY when left out. In Development the service asks for none.", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("RECO_ADMIN_KEY") };
        var users = Number("--users", "How many users visit.", defaults.Users);
        var visits = Number("--visits", "How many visits they make together.", defaults.Visits);
        var parallel = Number("--parallel", "How many users are there at once.", defaults.Parallel);
        var seed = new Option<int>("--seed") { Description = "Of what the users like and do.", DefaultValueFactory = _ => defaults.Seed };
        var prefix = new Option<string>("--user-prefix") { Description = "A number behind it is the id of a user.", DefaultValueFactory = _ => defaults.UserPrefix };
        var placements = new Option<string>("--placements") { Description = "The lists of a page, by comma.", DefaultValueFactory = _ => string.Join(',', defaults.Placements) };
        var command = new Command("simulate", "Let simulated users visit a running service over HTTP: they are shown lists, click, buy and give back. At the end the service's figures are compared with the books of the simulated shop. Their interactions are stored like anybody's: not for a shop that sells.")
        {
            url, key, users, visits, parallel, seed, prefix, placements,
        };
        command.SetAction(async (result, ct) =>
        {
            if (!Uri.TryCreate(result.GetRequiredValue(url), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            {
                await Console.Error.WriteLineAsync($"--url {result.GetRequiredValue(url)} is no http address.");
                return 1;
            }

            var options = new SimulationOptions
            {
                Users = result.GetRequiredValue(users),
                Visits = result.GetRequiredValue(visits),
                Parallel = result.GetRequiredValue(parallel),
                Seed = result.GetRequiredValue(seed),
                UserPrefix = result.GetRequiredValue(prefix),
                Placements = result.GetRequiredValue(placements).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            };
            using var client = new ServiceClient(address, result.GetValue(key));
            try
            {
                return await RunAsync(AnsiConsole.Console, client, options, ct);
            }
            catch (Exception exception) when (exception is HttpRequestException or ServiceRefusedException)
            {
                await Console.Error.WriteLineAsync($"{address}: {exception.Message}");
                return 1;
            }
        });
        return command;

        static Option<int> Number(string name, string description, int standard)
        {
            var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() < 1)
                    result.AddError($"{name} must be 1 or more.");
            });
            return option;
        }
    }

    /// <summary>Runs the simulation and prints the comparison.</summary>
    /// <returns>0 when the figures are equal, else 1.</returns>
    internal static async Task<int> RunAsync(IAnsiConsole console, ServiceClient client, SimulationOptions options, CancellationToken ct)
    {
        var (ledger, figures, first) = (new ShopLedger(), new ServiceFigures(client), Today());
        console.MarkupLine("Waiting until the service has counted what was shown before.");
        await figures.WaitForCountAsync(TimeProvider.System.GetUtcNow(), Patience, ct);
        var before = await figures.ReadAsync(first, first.AddDays(1), ct);
        await new CountProgressView("visiting", "visits").ShowAsync(console, options.Visits, async progress =>
        {
            await new SimulatedVisits(client, ledger, options).RunAsync(progress, ct);
            return true;
        });
        console.MarkupLine("Waiting until the service has counted it.");
        var rows = await ServiceFigures.WaitAsync(before, () => figures.ReadAsync(first, first.AddDays(1), ct), ledger.Read(), Patience, ct);
        var table = new Table().AddColumn("placement").AddColumn("figure").AddColumn(new TableColumn("shop").RightAligned()).AddColumn(new TableColumn("service").RightAligned()).AddColumn("");
        foreach (var (placement, service, shop) in rows)
        {
            foreach (var ((name, own), (_, counted)) in shop.Named().Zip(service.Named()))
                table.AddRow(Markup.Escape(placement), name, Text(own), Text(counted), own == counted ? "equal" : "[red]differs[/]");
        }

        console.Write(table);
        var equal = rows.All(row => row.Service == row.Shop);
        console.MarkupLine(equal ? "The service's figures are the shop's own." : "[red]The service's figures are not the shop's own.[/] Other users' visits count, too, and so do figures that are not up to date yet.");
        return equal ? 0 : 1;

        static DateOnly Today() => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

        static string Text(decimal value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);
    }
}
