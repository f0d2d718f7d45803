using System.CommandLine;
using System.Text.Json;
using RecoService.Api.Hosting;
using RecoService.Storage.Attribution;
using Spectre.Console;

namespace RecoService.Api.Commands;

/// <summary>Writes what was drawn at places that explore, how probable that was and what came of it, for <c>evaluate --protocol off-policy</c>.</summary>
internal static class RoundsCommand
{
    public static Command Create(Func<string[]> configuration)
    {
        var output = new Argument<FileInfo>("file") { Description = "Where to write: a JSON object a line." };
        var placement = new Option<string>("--placement") { Description = "The placement whose lists are read.", Required = true };
        var days = new Option<int>("--days") { Description = "How many days back, 1 to 3650.", DefaultValueFactory = _ => 30 };
        var reward = new Option<string>("--reward") { Description = "What counts as a reward: click or order.", DefaultValueFactory = _ => "click" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file if it is there." };
        reward.AcceptOnlyFromAmong("click", "order");
        days.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 3650)
                result.AddError("--days must be between 1 and 3650.");
        });
        var command = new Command("rounds", "Write what places that explore have shown, with its propensity and what came of it, for evaluate --protocol off-policy.") { output, placement, days, reward, overwrite };
        command.SetAction((result, ct) => RunAsync(
            configuration(), result.GetRequiredValue(output), result.GetRequiredValue(placement), result.GetValue(days),
            result.GetValue(reward) == "order" ? AttributionRole.Order : AttributionRole.Click, result.GetValue(overwrite), ct));
        return command;
    }

    private static async Task<int> RunAsync(string[] args, FileInfo file, string placement, int days, AttributionRole reward, bool overwrite, CancellationToken cancellationToken)
    {
        var console = CommandConsole.On(Console.Error);
        if (!console.MayWrite(file, overwrite))
            return 1;

        await using var app = RecoApplication.CreateBuilder(["--Serilog:MinimumLevel:Default=Warning", .. args]).Build();
        var shop = app.DefaultShop();
        if (shop.Settings.Placements.All(known => known.Name != placement))
        {
            console.MarkupLineInterpolated($"[red]'{placement}' is not a placement;[/] the placements are {string.Join(", ", shop.Settings.Placements.Select(known => known.Name))}.");
            return 1;
        }

        await shop.Store.Database.MigrateAsync(cancellationToken);
        await shop.Store.Figures.FollowAsync(shop.Settings.Attribution.ToRules(shop.Settings.Kinds), null, cancellationToken);
        var since = app.Services.GetRequiredService<TimeProvider>().GetUtcNow().AddDays(-days);
        try
        {
            var (count, rewards) = await WriteAsync(shop.Store.Exploration, placement, since, reward, file, cancellationToken);
            console.MarkupLineInterpolated($"{count:N0} drawn places with {rewards:N0} rewards written to {file.FullName}.");
            if (count == 0)
                console.MarkupLineInterpolated($"[yellow]No stored list of '{placement}' has explored since {since:yyyy-MM-dd}.[/] Set Reco:Placements:{placement}:ExplorationShare.");
            return 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            console.MarkupLineInterpolated($"[red]{exception.Message}[/]");
            return 1;
        }
    }

    /// <summary>The file takes its name when it is whole, so that nobody judges by half of it.</summary>
    private static async Task<(long Count, long Rewards)> WriteAsync(ExplorationLog log, string placement, DateTimeOffset since, AttributionRole reward, FileInfo file, CancellationToken cancellationToken)
    {
        var unfinished = file.FullName + ".part";
        try
        {
            (long Count, long Rewards) written = default;
            await using (var stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
            {
                await using var json = new Utf8JsonWriter(stream);
                written.Count = await log.ReadPlacesAsync(placement, since, reward, place =>
                {
                    Write(json, place);
                    json.Flush();
                    stream.WriteByte((byte)'\n');
                    json.Reset();
                    written.Rewards += place.IsRewarded ? 1 : 0;
                }, cancellationToken);
            }

            File.Move(unfinished, file.FullName, overwrite: true);
            return written;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>The probability is that of the logging policy itself, so that the file alone evaluates what was shown; <c>--policy</c> stands in its place.</summary>
    private static void Write(Utf8JsonWriter json, DrawnPlace place)
    {
        json.WriteStartObject();
        json.WriteString("action"u8, place.ItemId);
        json.WriteNumber("position"u8, place.Position);
        json.WriteNumber("reward"u8, place.IsRewarded ? 1 : 0);
        json.WriteNumber("propensity"u8, place.Propensity);
        json.WriteNumber("probability"u8, place.Propensity);
        json.WriteEndObject();
    }
}
