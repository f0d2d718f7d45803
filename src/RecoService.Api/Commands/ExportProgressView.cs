using Spectre.Console;

namespace RecoService.Api.Commands;

/// <summary>Shows how many users have their list: a bar on a terminal, a line every tenth of the users anywhere else.</summary>
internal static class ExportProgressView
{
    public static Task<int> ShowAsync(IAnsiConsole console, int userCount, Func<IProgress<int>, Task<int>> export) =>
        console.Profile.Capabilities.Interactive ? ShowBarAsync(console, userCount, export) : ShowLinesAsync(console, userCount, export);

    private static Task<int> ShowBarAsync(IAnsiConsole console, int userCount, Func<IProgress<int>, Task<int>> export) =>
        console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("making lists", maxValue: Math.Max(userCount, 1));
                return await export(new Ticker<int>(done => bar.Value = done));
            });

    private static Task<int> ShowLinesAsync(IAnsiConsole console, int userCount, Func<IProgress<int>, Task<int>> export)
    {
        long shown = 0;
        return export(new Ticker<int>(done =>
        {
            var tenth = userCount == 0 ? 10 : done * 10L / userCount;
            if (tenth <= shown)
                return;
            shown = tenth;
            console.WriteLine($"{tenth * 10}%, {done:N0} of {userCount:N0} users");
        }));
    }
}
