using System.CommandLine;
using System.Text.Json;
using RecoService.Api.Hosting;
using RecoService.Api.Retraining;
using RecoService.Api.Wire;
using RecoService.Engine.Training;
using RecoService.Storage;
using Spectre.Console;

namespace RecoService.Api.Commands;

/// <summary>One model run from the command line, with a progress bar; a running service picks up what it publishes.</summary>
internal static class TrainCommand
{
    public static Command Create(Func<string[]> configuration)
    {
        var force = new Option<bool>("--force") { Description = "Run although nothing is new, and publish whatever the gate says." };
        var plan = new Option<string>("--plan") { Description = "The training plan; default trains the recommender.", DefaultValueFactory = _ => ModelRun.DefaultPlan };
        var command = new Command("train", "Carry out one model run: train, judge, and publish if the gate agrees.") { force, plan };
        command.SetAction((result, ct) => RunAsync(configuration(), result.GetValue(force), result.GetValue(plan)!, ct));
        return command;
    }

    private static async Task<int> RunAsync(string[] args, bool force, string plan, CancellationToken cancellationToken)
    {
        // The progress bar says what the log would.
        await using var app = RecoApplication.CreateBuilder(["--Serilog:MinimumLevel:Default=Warning", .. args]).Build();
        var shop = app.DefaultShop();
        try
        {
            _ = TrainingPlan.Of(shop.Settings, app.Services.GetRequiredService<TrainerRegistry>(), plan, isFirstModel: false);
        }
        catch (TrainingPlanException exception)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{exception.Message}[/]");
            return 1;
        }

        await shop.Store.Database.MigrateAsync(cancellationToken);
        await shop.Store.Runs.MarkInterruptedAsync(ProcessIdentity.IsDead, cancellationToken);
        if (await shop.Store.Runs.TryStartAsync(
            ProcessIdentity.Current, "command", force, shop.Settings.Retraining.Lease, cancellationToken, plan) is not { } run)
        {
            AnsiConsole.MarkupLine("[red]Another model run is under way.[/] Wait for it, or cancel it with POST /admin/runs/{id}/cancel.");
            return 1;
        }

        var worker = shop.Retraining.Worker;
        var finished = await AnsiConsole.Progress().StartAsync(async progress =>
        {
            var bar = progress.AddTask("starting", maxValue: 1);
            return await worker.ExecuteRunAsync(run, cancellationToken, (stage, fraction) =>
            {
                bar.Description = stage.EscapeMarkup();
                bar.Value = fraction;
            });
        });
        Show(finished);
        if (finished.Outcome == RunOutcome.Interrupted)
            cancellationToken.ThrowIfCancellationRequested();
        return finished.Outcome is RunOutcome.Published or RunOutcome.Held or RunOutcome.Skipped ? 0 : 1;
    }

    private static void Show(ModelRun run)
    {
        AnsiConsole.MarkupLine($"Run {run.Id}: [bold]{run.Outcome?.ToWord()}[/]{(run.Reason is null ? "" : $" - {run.Reason.EscapeMarkup()}")}{(run.ModelVersion is { } version ? $" (model version {version})" : "")}");
        if (run.MetricsJson is null || JsonSerializer.Deserialize<RunMetrics>(run.MetricsJson, WireJson.Options) is not { } metrics)
            return;
        foreach (var note in metrics.Notes ?? [])
            AnsiConsole.MarkupLine(note.EscapeMarkup());
        if (metrics.Selection is { Count: > 0 } selection)
            ShowSelection(selection, metrics.K);
        if (metrics.GivenUp is { } givenUp)
            AnsiConsole.MarkupLine(givenUp.EscapeMarkup());
        if (metrics.Candidate is not { } candidate)
            return;

        var table = new Table().AddColumns("", $"nDCG@{metrics.K}", $"recall@{metrics.K}", $"hit rate@{metrics.K}", "coverage", "difference (95%)");
        Add(candidate.Trainer, candidate, null);
        Add(TrainerRegistry.Baseline, metrics.Popularity!, metrics.VersusPopularity);
        if (metrics.Current is { } current)
            Add($"current: version {current.Version}{(current.Retrained ? ", retrained" : "")}", current.Metrics, metrics.VersusCurrent);
        AnsiConsole.Write(table);
        var held = metrics.HoldoutSince is { } since ? $"since {since:yyyy-MM-dd HH:mm}" : "the last items of each";
        AnsiConsole.MarkupLine($"Judged on {metrics.JudgedUsers} users, {metrics.HoldoutInteractions} held-out interactions ({held}); {metrics.Strangers} users appear only there and are not judged.");

        foreach (var (trainer, ratings) in metrics.Ratings ?? new Dictionary<string, RatingMetrics>(StringComparer.Ordinal))
            AnsiConsole.MarkupLine($"{trainer.EscapeMarkup()} predicts {ratings.Count} held-out ratings with RMSE {ratings.Rmse:F4} and MAE {ratings.Mae:F4}.");

        void Add(string name, ModelMetrics row, DifferenceMetrics? difference) => table.AddRow(
            name.EscapeMarkup(), row.Ndcg.ToString("F4"), row.Recall.ToString("F4"), row.HitRate.ToString("F4"), row.Coverage.ToString("P1"),
            difference is null ? "" : $"{difference.Mean:+0.0000;-0.0000} ({difference.Low:F4} to {difference.High:F4})");
    }

    private static void ShowSelection(IReadOnlyList<SelectionMetrics> selection, int k)
    {
        var table = new Table().AddColumns("tried", $"nDCG@{k}", "options", "trials", "users", "seconds", "memory", "a list", "");
        foreach (var row in selection)
        {
            table.AddRow(
                row.Trainer.EscapeMarkup(), row.Ndcg?.ToString("F4") ?? "", row.Origin ?? "", row.Trials.ToString(), row.UserFraction.ToString("P0"), row.Seconds.ToString("F1"),
                row.PeakMiB is { } memory ? $"{memory:F0} MiB" : "", row.ListMicroseconds is { } time ? $"{time:F0} µs" : "", (row.Note ?? "").EscapeMarkup());
        }

        AnsiConsole.Write(table);
    }
}
