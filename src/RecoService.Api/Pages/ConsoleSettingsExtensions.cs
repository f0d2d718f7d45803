using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.WebConsole;

namespace RecoService.Api.Pages;

internal static class ConsoleSettingsExtensions
{
    /// <summary>The console, and what it needs of the service.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="settings">Of the console.</param>
    /// <param name="hasStorefront">Whether the demo storefront is open.</param>
    public static void AddConsole(this IServiceCollection services, ConsoleSettings settings, bool hasStorefront)
    {
        services.AddSingleton<CallsInProcess>();
        services.AddSingleton<IConsoleHost, ConsoleHost>();
        services.AddConsole(ApiKeyCaller.SchemeName, new ConsoleOptions
        {
            HasStorefront = hasStorefront,
            SessionLifetime = settings.SessionLifetime,
            LogInTriesPerMinute = settings.LogInTriesPerMinute,
            ImageHosts = settings.ImageHosts.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        });
    }
}
