using Microsoft.Extensions.DependencyInjection.Extensions;
using Quartz;
using RecoService.Api.Access;
using RecoService.Api.Attribution;
using RecoService.Api.Catalogue;
using RecoService.Api.DataDoctor;
using RecoService.Api.Experiments;
using RecoService.Api.Gorse;
using RecoService.Api.Http;
using RecoService.Api.Importing;
using RecoService.Api.Ingesting;
using RecoService.Api.Interactions;
using RecoService.Api.Models;
using RecoService.Api.OpenApi;
using RecoService.Api.Pages;
using RecoService.Api.Privacy;
using RecoService.Api.Profiles;
using RecoService.Api.Recommendations;
using RecoService.Api.Rules;
using RecoService.Api.Runs;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Status;
using RecoService.Api.Telemetry;
using RecoService.Api.Wire;
using RecoService.Api.Workers;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Training;
using RecoService.WebConsole;

namespace RecoService.Api.Hosting;

/// <summary>The table of contents of the service: one line per feature.</summary>
internal static class RecoApplication
{
    internal const string DefaultUrl = "http://localhost:5080";

    /// <summary>How long a stopping service waits for the requests in flight.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The parts that the service and the commands share: settings, log, and the shop with its store, its serving and its training.</summary>
    /// <exception cref="InvalidSettingsException">The configuration has errors; all are named.</exception>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        // Settings lie beside the program, wherever it is started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddTunedSettings();
        var settings = builder.AddRecoSettings(WorkerTrainers.AddTo(BuiltInTrainers.Registry, builder.Configuration));
        builder.AddLogging(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services
            .AddSingleton<WireLimits>()
            .AddSingleton<RecoMetrics>()
            .AddSingleton<ShopFactory>()
            .AddSingleton(services => new ShopDirectory(services.GetRequiredService<ShopFactory>().Create(Shop.DefaultName, ShopSettings.Of(settings))));
        return builder;
    }

    /// <summary>The trainers there are, those of workers included; for commands that need nothing else of the service.</summary>
    /// <param name="args">The settings among the words of the command line.</param>
    public static TrainerRegistry Trainers(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddTunedSettings();
        return WorkerTrainers.AddTo(BuiltInTrainers.Registry, builder.Configuration);
    }

    /// <summary>The service itself.</summary>
    /// <exception cref="InvalidSettingsException">The configuration has errors; all are named.</exception>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = CreateBuilder(args);
        configure?.Invoke(builder);
        var settings = (RecoSettings)builder.Services.First(service => service.ServiceType == typeof(RecoSettings)).ImplementationInstance!;
        if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null && builder.Configuration["https_ports"] is null)
            builder.WebHost.UseUrls(DefaultUrl);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = settings.Limits.MaxRequestBytes;
        });
        builder.Services.ConfigureHttpJsonOptions(json => WireJson.Configure(json.SerializerOptions));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.Shutdown.DrainIn(builder.Environment) + ShutdownTimeout);
        if (settings.Compatibility.Gorse)
            builder.Services.AddGorse(settings);
        builder.Services.AddProblems();
        builder.Services.TryAddSingleton(services => new LogBudget(settings.RequestLog.UnauthenticatedPerMinute, services.GetRequiredService<TimeProvider>()));
        builder.AddApiKeys(settings.Security);
        builder.Services.AddSingleton<ApiKeysOf>(services => services.GetRequiredService<ShopDirectory>().KeysOf);
        builder.Services.AddSingleton<AuditLogOf>(services => context => services.GetRequiredService<ShopDirectory>().Of(context).Store.Audit);
        if (settings.Console.Enabled)
            builder.Services.AddConsole(settings.Console, settings.Limits, settings.Demo.StorefrontIn(builder.Environment));
        builder.Services.AddHealth();
        builder.Services.AddSwagger();
        builder.Services.AddTelemetry(settings, ServiceEndpoint.Version);
        builder.Services.AddQuartz();
        builder.Services.AddQuartzHostedService();
        builder.Services
            .AddSingleton<WarmUp>()
            .AddSingleton(services => new SecurityHeaders(services.GetRequiredService<PagePaths>(), settings.Security))
            .AddSingleton<RecommendationWriter>()
            .AddSingleton<PlacementAnswers>()
            .AddSingleton<InteractionWriter>()
            .AddSingleton<CorrectionWriter>()
            .AddSingleton<ModelUpload>()
            .AddSingleton<ImportJournal>()
            .AddHostedService<Drain>()
            .AddHostedService<Startup>()
            .AddHostedService<ShopBackground>();
        if (builder.Environment.IsDevelopment() && settings.Log.Format == LogFormat.Text)
            builder.Services.AddHostedService<Banner>();

        var app = builder.Build();
        ServedGauges.AddTo(app.Services);
        app.Services.GetRequiredService<CallerTraces>();
        if (settings.Console.Enabled)
            ((IApplicationBuilder)app).Use(app.Services.GetRequiredService<CallsInProcess>().Take);
        app.UseMiddleware<RequestLog>();
        app.Use(app.Services.GetRequiredService<WarmUp>().Before);
        if (settings.Compatibility.Gorse)
            app.UseGorse();
        app.UseHeadRequests();
        app.UseProblems();
        app.UseLocalHostsOnly();
        app.UseForwardedHeaders(settings.Proxy);
        app.Use(app.Services.GetRequiredService<SecurityHeaders>().Before);
        app.UseRawPaths();
        app.UsePathBaseOfProxy(settings.PathBase);
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.Use(QueryParameters.CheckAsync);
        if (settings.Console.Enabled)
            app.UseConsole();
        if (settings.Swagger.EnabledIn(app.Environment))
            app.UseSwaggerPages();

        // What holds for every call is said of the group.
        var calls = app.MapGroup("").WithMetadata(ApiCall.Marker);
        ((IEndpointConventionBuilder)calls).Finally(QueryParameters.AddTo);
        calls.MapRecommendations();
        calls.MapSessions();
        calls.MapPlacements();
        calls.MapPredictions();
        calls.MapExplanations();
        calls.MapPreviews();
        calls.MapSearch();
        calls.MapRules();
        calls.MapExperiments();
        calls.MapFigures();
        if (settings.Console.Enabled)
            calls.MapReport();
        calls.MapBatches();
        calls.MapSimilar();
        calls.MapProfiles();
        calls.MapInteractions();
        calls.MapIngest();
        calls.MapCorrections();
        calls.MapMerges();
        calls.MapItems();
        calls.MapUsers();
        calls.MapPrivacy();
        calls.MapImports();
        calls.MapRuns();
        calls.MapModels();
        calls.MapService();
        calls.MapStatus();
        calls.MapDataHealth();
        calls.MapAccess();
        calls.MapKeys();
        calls.MapConfiguration();
        calls.MapHealth();
        if (settings.Compatibility.Gorse)
            app.MapGorse();
        app.MapMetrics();
        if (settings.Console.Enabled)
            app.MapConsole();
        return app;
    }
}
