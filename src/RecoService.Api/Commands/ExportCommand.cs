using System.CommandLine;
using RecoService.Api.Exporting;
using RecoService.Api.Hosting;
using RecoService.Api.Http;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Rules;
using RecoService.Storage;
using Spectre.Console;

namespace RecoService.Api.Commands;

/// <summary>Writes every user's list to a file, for a mailing or another system. It reads the store only, so the service may run beside it or not.</summary>
internal static class ExportCommand
{
    public static Command Create(Func<string[]> configuration)
    {
        var output = new Argument<FileInfo>("file") { Description = "Where to write: a name that ends in .csv (userId,rank,itemId,score,source) or in .ndjson (a list per line)." };
        var limit = new Option<int>("--limit") { Description = $"The most items of each list, 1 to {Requests.MaxListLimit}.", DefaultValueFactory = _ => 10 };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file if it is there." };
        output.Validators.Add(result =>
        {
            if (ListFile.FormatOf(result.GetValueOrDefault<FileInfo>()) is null)
                result.AddError("The name of the file must end in .csv or .ndjson.");
        });
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > Requests.MaxListLimit)
                result.AddError($"--limit must be between 1 and {Requests.MaxListLimit}.");
        });

        var command = new Command("export", "Write the top items of every user to a file.") { output, limit, overwrite };
        command.SetAction((result, ct) => RunAsync(configuration(), result.GetRequiredValue(output), result.GetValue(limit), result.GetValue(overwrite), ct));
        return command;
    }

    private static async Task<int> RunAsync(string[] args, FileInfo file, int limit, bool overwrite, CancellationToken cancellationToken)
    {
        var console = CommandConsole.On(Console.Error);
        if (!console.MayWrite(file, overwrite))
            return 1;

        await using var app = RecoApplication.CreateBuilder(["--Serilog:MinimumLevel:Default=Warning", .. args]).Build();
        var shop = app.DefaultShop();
        await shop.Store.Database.MigrateAsync(cancellationToken);
        var (snapshot, _) = await shop.Serving.Loader.LoadCurrentAsync(cancellationToken);
        await shop.Serving.Rules.RefreshAsync(cancellationToken);
        if (snapshot.Fault is { } fault)
            console.MarkupLineInterpolated($"[yellow]{fault}[/]");
        if (snapshot.State.ModelVersion is null)
            console.MarkupLine("[yellow]No model is published yet; the lists hold what is popular.[/] Run `train` first.");

        var now = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        try
        {
            var count = await new CountProgressView("making lists", "users").ShowAsync(console, snapshot.State.Users.Count, progress => WriteAsync(snapshot.State, shop.Serving.ActiveRules.Current, file, limit, now, progress, cancellationToken));
            console.MarkupLineInterpolated($"{count:N0} lists of up to {limit} items written to {file.FullName}.");
            return 0;
        }
        catch (IOException exception)
        {
            console.MarkupLineInterpolated($"[red]{exception.Message}[/]");
            return 1;
        }
    }

    /// <summary>The file takes its name when it is whole, so that nobody mails half of it.</summary>
    private static async Task<int> WriteAsync(ServingState state, RuleSet rules, FileInfo file, int limit, DateTimeOffset now, IProgress<int> progress, CancellationToken cancellationToken)
    {
        var unfinished = file.FullName + ".part";
        try
        {
            int count;
            await using (var stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
                count = await ListFile.WriteAsync(state, rules, ListFile.FormatOf(file)!.Value, limit, now, stream, progress, cancellationToken);
            File.Move(unfinished, file.FullName, overwrite: true);
            return count;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
