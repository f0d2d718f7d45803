using RecoService.Api.Importing;
using Spectre.Console;

namespace RecoService.Api.Commands;

/// <summary>Shows how much of a file has been read: a bar on a terminal, a line every tenth of the file anywhere else. How long a pipe is nobody knows; its lines are counted.</summary>
internal static class ImportProgressView
{
    public static Task<ImportReport> ShowAsync(
        IAnsiConsole console, Stream file, Func<IProgress<ImportProgress>, Task<ImportReport>> import) =>
        console.Profile.Capabilities.Interactive ? ShowBarAsync(console, file, import) : ShowLinesAsync(console, file, import);

    private static Task<ImportReport> ShowBarAsync(
        IAnsiConsole console, Stream file, Func<IProgress<ImportProgress>, Task<ImportReport>> import) =>
        console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new SpinnerColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("reading", maxValue: file.CanSeek ? Math.Max(file.Length, 1) : 1);
                bar.IsIndeterminate = !file.CanSeek;
                return await import(new Ticker<ImportProgress>(now =>
                {
                    var isRead = !file.CanSeek || file.Position < file.Length;
                    bar.Description = isRead ? $"{now.Lines:N0} lines" : $"storing {now.Lines:N0} lines";
                    if (file.CanSeek)
                        bar.Value = file.Position;
                }));
            });

    private static Task<ImportReport> ShowLinesAsync(
        IAnsiConsole console, Stream file, Func<IProgress<ImportProgress>, Task<ImportReport>> import)
    {
        const long LinesOfAPipe = 1_000_000;
        long shown = 0;
        return import(new Ticker<ImportProgress>(now =>
        {
            if (!file.CanSeek)
            {
                if (now.Lines / LinesOfAPipe <= shown)
                    return;
                shown = now.Lines / LinesOfAPipe;
                console.WriteLine($"{now.Lines:N0} lines, {now.Invalid:N0} bad");
                return;
            }

            var tenth = file.Length == 0 ? 10 : file.Position * 10 / file.Length;
            if (tenth <= shown)
                return;
            shown = tenth;
            console.WriteLine($"{tenth * 10}% read, {now.Lines:N0} lines, {now.Invalid:N0} bad");
        }));
    }
}
