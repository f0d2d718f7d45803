using System.CommandLine;
using RecoService.Api.Hosting;
using RecoService.Api.Settings;
using RecoService.Lab.Evaluating;
using RecoService.Lab.Tuning;
using RecoService.Storage;
using Spectre.Console;

namespace RecoService.Api.Commands;

/// <summary>The commands of the lab, given what only the service knows: its trainers, its store, its settings.</summary>
internal static class OfflineCommands
{
    /// <param name="configuration">The settings among the words of the command line.</param>
    public static Command Evaluate(Func<string[]> configuration) =>
        EvaluateCommand.Create(() => RecoApplication.Trainers(configuration()), CommandConsole.On(Console.Out), CommandConsole.On(Console.Error));

    /// <param name="configuration">The settings among the words of the command line.</param>
    /// <param name="console">Where progress and the result are shown; null: the console.</param>
    public static Command Tune(Func<string[]> configuration, IAnsiConsole? console = null) => TuneCommand.Create(
        () => RecoApplication.Trainers(configuration()), ct => ReadStoreAsync(configuration(), ct), TunedSettings.FileName, console ?? CommandConsole.On(Console.Out));

    private static async Task<StoredInput> ReadStoreAsync(string[] configuration, CancellationToken cancellationToken)
    {
        await using var app = RecoApplication.CreateBuilder(["--Serilog:MinimumLevel:Default=Warning", .. configuration]).Build();
        var shop = app.DefaultShop();
        await shop.Store.Database.MigrateAsync(cancellationToken);
        var dataset = await shop.Store.Interactions.LoadDatasetAsync(cancellationToken, withContent: true, shop.Settings.Retraining.LearnFromExcludedUsers, shop.Settings.ExposuresAt(TimeProvider.System.GetUtcNow()));
        var retraining = shop.Settings.Retraining;
        return new StoredInput(dataset, shop.Settings.Trainers, retraining.HoldoutFraction, retraining.MinJudgedUsers);
    }
}
