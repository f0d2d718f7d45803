using System.CommandLine;
using RecoService.Api.Hosting;
using RecoService.Api.Importing;
using RecoService.Api.Importing.Dumps;
using RecoService.Api.Importing.Guessing;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Storage;

namespace RecoService.Api.Commands;

/// <summary>What the one binary does: <c>serve</c> unless told otherwise, <c>import</c>, <c>train</c>, <c>tune</c>, <c>export</c>, <c>evaluate</c>, <c>simulate</c>, <c>audit</c>, <c>keys</c>, <c>health</c>.</summary>
internal sealed class RecoCommands
{
    private readonly RootCommand commands;

    private RecoCommands(RootCommand commands) => this.commands = commands;

    public static RecoCommands Create(string[] args)
    {
        var serve = new Command("serve", "Serve recommendations (the default).");
        var root = new RootCommand("RecoService: recommendations for a shop. Without a command it serves. Settings are given as --Reco:Section:Key=value.")
        {
            serve,
            ImportCommand.Create(
                ct => OpenStoreAsync(ConfigurationIn(args), ct),
                () => OpenDumps(ConfigurationIn(args)),
                () => new PreviewBinders(RecoApplication.CreateBuilder(ConfigurationIn(args)).Build().DefaultShop().Validators)),
            TrainCommand.Create(() => ConfigurationIn(args)),
            AttributionCommand.Create(() => ConfigurationIn(args)),
            OfflineCommands.Tune(() => ConfigurationIn(args)),
            AuditCommand.Create(() => ConfigurationIn(args)),
            KeysCommand.Create(() => ConfigurationIn(args)),
            ExportCommand.Create(() => ConfigurationIn(args)),
            OfflineCommands.Evaluate(() => ConfigurationIn(args)),
            SimulateCommand.Create(),
            ReportCommand.Create(),
            HealthCommand.Create(),
        };
        root.SetAction((_, ct) => ServeAsync(args, ct));
        serve.SetAction((_, ct) => ServeAsync([.. args.Where(arg => arg != "serve")], ct));
        return new RecoCommands(root);
    }

    public async Task<int> InvokeAsync(string[] args)
    {
        using var signals = new StopSignals();
        try
        {
            return await Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, signals.Token);
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync(signals.Message);
            return signals.ExitCode;
        }
        catch (Exception exception) when (StartFaults.Explain(exception) is { } fault)
        {
            await Console.Error.WriteLineAsync(fault);
            return 1;
        }
    }

    private ParseResult Parse(string[] args)
    {
        var name = args.FirstOrDefault();
        if (name is null or "serve" || name.StartsWith('-'))
        {
            // The service takes any setting; whatever the other commands do not know is a typing error and must not pass for nothing.
            foreach (var command in commands.Subcommands.Append(commands))
                command.TreatUnmatchedTokensAsErrors = false;
            return commands.Parse(args);
        }

        if (commands.Subcommands.All(command => command.Name != name))
            throw new InvalidSettingsException([$"'{name}' is not a command; known are {string.Join(", ", commands.Subcommands.Select(command => command.Name))}."]);
        return commands.Parse([.. args.Where(arg => !IsSetting(arg))]);
    }

    /// <summary>The settings among the words of a command line: <c>--Reco:...=...</c>, <c>--environment=...</c>, <c>--urls=...</c>.</summary>
    internal static string[] ConfigurationIn(string[] args) =>
        [.. args.Where(IsSetting)];

    private static bool IsSetting(string arg) =>
        arg.StartsWith("--Reco:", StringComparison.OrdinalIgnoreCase) || arg.StartsWith("--Serilog:", StringComparison.OrdinalIgnoreCase)
        || arg.StartsWith("--environment=", StringComparison.OrdinalIgnoreCase) || arg.StartsWith("--urls=", StringComparison.OrdinalIgnoreCase);

    private static async Task<int> ServeAsync(string[] args, CancellationToken cancellationToken)
    {
        await using var app = RecoApplication.Create(args);
        var services = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
        var readiness = app.DefaultShop().Serving.Readiness;
        await app.RunAsync(cancellationToken);
        // The host stops in good order when one of them fails; whoever restarts failed services must see that it did.
        return readiness.Failure is not null || services.Exists(service => service.ExecuteTask is { IsFaulted: true }) ? 1 : 0;
    }

    private static IReadOnlyList<ServiceDump> OpenDumps(string[] args)
    {
        var app = RecoApplication.CreateBuilder(args).Build();
        var shop = app.DefaultShop();
        return ServiceDumps.Of(shop.Settings.Kinds, shop.Validators, app.Services.GetRequiredService<RecoSettings>().Compatibility);
    }

    private static async Task<ImportTargets> OpenStoreAsync(string[] args, CancellationToken cancellationToken)
    {
        var shop = RecoApplication.CreateBuilder(args).Build().DefaultShop();
        await shop.Store.Database.MigrateAsync(cancellationToken);
        return StoredImport.Into(shop.Store.Import, shop.Validators);
    }
}
