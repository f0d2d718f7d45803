using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.WebConsole;

namespace RecoService.Api.Pages;

internal static class ConsoleSettingsExtensions
{
    /// <summary>The console, and what it needs of the service.</summary>
    public static void AddConsole(this IServiceCollection services, ConsoleSettings settings)
    {
        services.AddSingleton<CallsInProcess>();
        services.AddSingleton<IConsoleHost, ConsoleHost>();
        services.AddConsole(ApiKeyCaller.SchemeName, new ConsoleOptions
        {
            SessionLifetime = settings.SessionLifetime,
            LogInTriesPerMinute = settings.LogInTriesPerMinute,
            ImageHosts = settings.ImageHosts.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        });
    }
}
