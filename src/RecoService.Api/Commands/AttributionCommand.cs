using System.CommandLine;
using RecoService.Api.Hosting;
using Spectre.Console;

namespace RecoService.Api.Commands;

/// <summary>Counts anew what was shown and what came of it, from the rows.</summary>
internal static class AttributionCommand
{
    public static Command Create(Func<string[]> configuration)
    {
        var rebuild = new Command("rebuild", "Count the figures of lists anew from what is stored. Days of which impressions are deleted by now keep their figures.");
        rebuild.SetAction((_, ct) => RunAsync(configuration(), ct));
        return new Command("attribution", "The figures of lists: what was shown, and what came of it.") { rebuild, RoundsCommand.Create(configuration) };
    }

    private static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        // The progress bar says what the log would.
        await using var app = RecoApplication.CreateBuilder(["--Serilog:MinimumLevel:Default=Warning", .. args]).Build();
        var shop = app.DefaultShop();
        await shop.Store.Database.MigrateAsync(cancellationToken);
        var days = shop.Settings.Recommendations.ImpressionRetentionDays;
        var (lists, users) = await AnsiConsole.Progress().Columns(new SpinnerColumn(), new TaskDescriptionColumn(), new ElapsedTimeColumn()).StartAsync(async progress =>
        {
            var bar = progress.AddTask("forgetting", maxValue: double.MaxValue);
            await shop.Store.Figures.ForgetAsync(days == 0 ? DateTimeOffset.UnixEpoch : TimeProvider.System.GetUtcNow().AddDays(-days), cancellationToken);
            var done = (Lists: 0L, Users: 0L);
            await shop.Store.Figures.FollowAsync(shop.Settings.Attribution.ToRules(shop.Settings.Kinds), counted =>
            {
                done = counted;
                bar.Description = $"{counted.Lists:N0} lists counted, {counted.Users:N0} users attributed";
            }, cancellationToken);
            bar.StopTask();
            return done;
        });
        AnsiConsole.MarkupLine($"[bold]{lists:N0}[/] lists are counted, and what [bold]{users:N0}[/] users did is attributed.");
        return 0;
    }
}
