using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.WebConsole;

namespace RecoService.Api.Pages;

internal static class ConsoleSettingsExtensions
{
    /// <summary>The console, and what it needs of the service.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="settings">Of the console.</param>
    /// <param name="limits">Of the service; a file that a page takes may be as large as one that a call takes.</param>
    /// <param name="hasStorefront">Whether the demo storefront is open.</param>
    public static void AddConsole(this IServiceCollection services, ConsoleSettings settings, LimitSettings limits, bool hasStorefront)
    {
        // Replicas in different folders are one application, whose cookies each of them reads.
        services.AddDataProtection().SetApplicationName("RecoService");
        services.AddOptions<KeyManagementOptions>().Configure<ShopDirectory>((keys, shops) => keys.XmlRepository = new SessionKeyRepository(shops));
        services.AddSingleton<CallsInProcess>();
        services.AddSingleton<IConsoleHost, ConsoleHost>();
        services.AddConsole(ApiKeyCaller.SchemeName, new ConsoleOptions
        {
            HasStorefront = hasStorefront,
            MaxImportBytes = limits.MaxImportBytes,
            SessionLifetime = settings.SessionLifetime,
            LogInTriesPerMinute = settings.LogInTriesPerMinute,
            ImageHosts = settings.ImageHosts.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        });
    }
}
