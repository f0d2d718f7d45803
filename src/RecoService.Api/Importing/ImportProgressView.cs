using RecoService.Api.Commands;
using Spectre.Console;

namespace RecoService.Api.Importing;

/// <summary>Shows how much of a file has been read: a bar on a terminal, a line every tenth of the file anywhere else.</summary>
internal static class ImportProgressView
{
    public static Task<ImportReport> ShowAsync(
        IAnsiConsole console, FileStream file, Func<IProgress<ImportProgress>, Task<ImportReport>> import) =>
        console.Profile.Capabilities.Interactive ? ShowBarAsync(console, file, import) : ShowLinesAsync(console, file, import);

    private static Task<ImportReport> ShowBarAsync(
        IAnsiConsole console, FileStream file, Func<IProgress<ImportProgress>, Task<ImportReport>> import) =>
        console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new SpinnerColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("reading", maxValue: Math.Max(file.Length, 1));
                return await import(new Ticker<ImportProgress>(now =>
                {
                    bar.Value = file.Position;
                    bar.Description = file.Position < file.Length ? $"{now.Lines:N0} lines" : $"storing {now.Lines:N0} lines";
                }));
            });

    private static Task<ImportReport> ShowLinesAsync(
        IAnsiConsole console, FileStream file, Func<IProgress<ImportProgress>, Task<ImportReport>> import)
    {
        long shown = 0;
        return import(new Ticker<ImportProgress>(now =>
        {
            var tenth = file.Length == 0 ? 10 : file.Position * 10 / file.Length;
            if (tenth <= shown)
                return;
            shown = tenth;
            console.WriteLine($"{tenth * 10}% read, {now.Lines:N0} lines, {now.Invalid:N0} bad");
        }));
    }
}
