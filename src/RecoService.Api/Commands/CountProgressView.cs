using Spectre.Console;

namespace RecoService.Api.Commands;

/// <summary>Shows how many of many things are done: a bar on a terminal, a line every tenth of them anywhere else.</summary>
/// <param name="doing">What is done, as <c>making lists</c>.</param>
/// <param name="things">What is counted, as <c>users</c>.</param>
internal sealed class CountProgressView(string doing, string things)
{
    public Task<T> ShowAsync<T>(IAnsiConsole console, int count, Func<IProgress<int>, Task<T>> work) =>
        console.Profile.Capabilities.Interactive ? ShowBarAsync(console, count, work) : ShowLinesAsync(console, count, work);

    private Task<T> ShowBarAsync<T>(IAnsiConsole console, int count, Func<IProgress<int>, Task<T>> work) =>
        console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(doing, maxValue: Math.Max(count, 1));
                return await work(new Ticker<int>(done => bar.Value = done));
            });

    private Task<T> ShowLinesAsync<T>(IAnsiConsole console, int count, Func<IProgress<int>, Task<T>> work)
    {
        long shown = 0;
        return work(new Ticker<int>(done =>
        {
            var tenth = count == 0 ? 10 : done * 10L / count;
            if (tenth <= shown)
                return;
            shown = tenth;
            console.WriteLine($"{tenth * 10}%, {done:N0} of {count:N0} {things}");
        }));
    }
}
