using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using System.Threading.RateLimiting;

namespace RecoService.WebConsole.Sessions;

/// <summary>Who may see pages: whoever logged in with a key that may read, for as long as that key is one.</summary>
public static class ConsoleSession
{
    /// <summary>The policy of every page.</summary>
    public const string PolicyName = "Console";

    /// <summary>Of the cookie.</summary>
    public const string CookieScheme = "ConsoleSession";

    /// <summary>The role that may change things; the other may look.</summary>
    public const string AdminRole = "Admin";

    /// <summary>The role that may look.</summary>
    public const string ViewerRole = "Viewer";

    internal const string LogInLimit = "console-log-in";
    internal const string LogInPath = "/console/log-in";

    private const string ForwardingScheme = "Console";

    /// <param name="services">The host's.</param>
    /// <param name="openScheme">Who authenticates where everybody is let in.</param>
    /// <param name="options">How long sessions last, and how often one may try.</param>
    internal static void AddTo(IServiceCollection services, string openScheme, ConsoleOptions options)
    {
        services.AddAuthentication()
            .AddPolicyScheme(ForwardingScheme, displayName: null, scheme => scheme.ForwardDefaultSelector = context =>
                context.RequestServices.GetRequiredService<IConsoleHost>().IsOpen(context) ? openScheme : CookieScheme)
            .AddCookie(CookieScheme, cookie =>
            {
                cookie.Cookie.Name = "recoservice-console";
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.ExpireTimeSpan = options.SessionLifetime;
                cookie.SlidingExpiration = true;
                cookie.LoginPath = LogInPath;
                cookie.AccessDeniedPath = LogInPath;
                cookie.ReturnUrlParameter = "returnTo";
                cookie.Events.OnValidatePrincipal = ValidateAsync;
            });
        services.AddAuthorizationBuilder().AddPolicy(PolicyName, policy => policy.AddAuthenticationSchemes(ForwardingScheme).RequireRole(AdminRole, ViewerRole));
        services.Configure<RateLimiterOptions>(limits => limits.AddPolicy(LogInLimit, context => HttpMethods.IsPost(context.Request.Method)
            ? RateLimitPartition.GetFixedWindowLimiter(context.Connection.RemoteIpAddress?.ToString() ?? "", _ => new FixedWindowRateLimiterOptions { PermitLimit = options.LogInTriesPerMinute, Window = TimeSpan.FromMinutes(1) })
            : RateLimitPartition.GetNoLimiter("")));
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (context.Principal is { } caller && context.HttpContext.RequestServices.GetRequiredService<IConsoleHost>().IsValid(context.HttpContext, caller))
            return;
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(CookieScheme);
    }
}
