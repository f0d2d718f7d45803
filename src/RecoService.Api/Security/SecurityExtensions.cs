using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using RecoService.Api.Settings;

namespace RecoService.Api.Security;

internal static class SecurityExtensions
{
    public const string Storefront = "Storefront";
    public const string Viewer = "Viewer";
    public const string Admin = "Admin";

    /// <summary>For whatever key there is: a call that says what the shop has and changes nothing.</summary>
    public const string Reader = "Reader";

    /// <summary>Needs an admin key; calls that only read may be made with a viewer's, too, and the others are written into the audit log.</summary>
    public static TBuilder RequireAdmin<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(static endpoint =>
        {
            var onlyReads = OnlyReads(endpoint);
            endpoint.Metadata.Add(new AuthorizeAttribute(onlyReads ? Viewer : Admin));
            if (!onlyReads)
                AuditTrail.AddTo(endpoint);
        });
        return builder;
    }

    private static bool OnlyReads(EndpointBuilder endpoint) =>
        endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is { HttpMethods: { Count: > 0 } methods } && methods.All(method => HttpMethods.IsGet(method) || HttpMethods.IsHead(method));

    /// <summary>Roles, rate limits and the scheme of keys, for which an <see cref="ApiKeysOf"/> must be registered. Whatever does not say otherwise needs an admin key, so a forgotten endpoint is closed, not open.</summary>
    /// <exception cref="InvalidSettingsException">There are no keys outside Development, or none there but an address others can reach.</exception>
    public static void AddApiKeys(this WebApplicationBuilder builder, SecuritySettings settings)
    {
        if (settings.ApiKeys.Count == 0)
            RequireLocal(builder);
        else if (settings.ApiKeys.TrueForAll(key => key.Role != ApiKeyRole.Admin))
            throw new InvalidSettingsException(["Reco:Security:ApiKeys needs at least one key with Role=Admin."]);

        // The core alone: the rest of AddAuthentication keeps keys for cookies in files, and there are no cookies.
        builder.Services.AddScoped<IAuthenticationService, KeyAuthentication>().AddTransient<ApiKeyHandler>().AddAuthenticationCore(schemes =>
        {
            schemes.AddScheme<ApiKeyHandler>(ApiKeyHandler.SchemeName, displayName: null);
            schemes.DefaultScheme = ApiKeyHandler.SchemeName;
        });
        builder.Services.AddSingleton<AuditTrail>();
        builder.Services.AddSingleton<IPolicyEvaluator, RolePolicyEvaluator>();
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(Storefront, policy => policy.RequireRole(nameof(ApiKeyRole.Storefront), nameof(ApiKeyRole.Admin)))
            .AddPolicy(Viewer, policy => policy.RequireRole(nameof(ApiKeyRole.Viewer), nameof(ApiKeyRole.Admin)))
            .AddPolicy(Reader, policy => policy.RequireRole(nameof(ApiKeyRole.Storefront), nameof(ApiKeyRole.Viewer), nameof(ApiKeyRole.Admin)))
            .AddPolicy(Admin, policy => policy.RequireRole(nameof(ApiKeyRole.Admin)))
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(context => IsRejection(context) || context.User.IsInRole(nameof(ApiKeyRole.Admin))).Build());
        builder.Services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.OnRejected = (context, _) =>
            {
                context.HttpContext.Response.Headers.RetryAfter = "1";
                return ValueTask.CompletedTask;
            };
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, ApiKeyCaller>(
                static context => context.User is ApiKeyCaller caller ? caller.Limit : ApiKeyCaller.Anybody.Limit);
        });
    }

    /// <summary>What routing puts in the place of an endpoint when only the method or the content type is wrong: it answers 405 or 415 and nothing else.</summary>
    private static bool IsRejection(AuthorizationHandlerContext context) => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint;

    private static void RequireLocal(WebApplicationBuilder builder)
    {
        if (!builder.Environment.IsDevelopment())
        {
            throw new InvalidSettingsException(
                [$"Reco:Security:ApiKeys is empty. In {builder.Environment.EnvironmentName} the service does not start without keys; set Reco__Security__ApiKeys__0__Name, __Role=Admin and __Key."]);
        }

        // An address of Kestrel's own section wins over urls.
        var urls = (builder.Configuration["urls"] ?? "http://localhost:5080").Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Concat(builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? ""));
        var open = urls.Where(url => !IsLoopbackUrl(url)).ToList();
        if (open.Count > 0 || builder.Configuration["http_ports"] is { Length: > 0 } || builder.Configuration["https_ports"] is { Length: > 0 })
        {
            throw new InvalidSettingsException(
                [$"Without API keys the service listens on loopback only, but it was told to listen on {(open.Count > 0 ? string.Join(", ", open) : "all addresses")}. Set Reco:Security:ApiKeys, or listen on http://localhost:5080."]);
        }
    }

    private static bool IsLoopbackUrl(string url)
    {
        try
        {
            return IsLoopback(BindingAddress.Parse(url).Host);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    internal static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>Without keys only requests addressed to this machine are answered, so that a web page elsewhere cannot reach the service through a name of its own.</summary>
    public static void UseLocalHostsOnly(this WebApplication app)
    {
        var keysOf = app.Services.GetRequiredService<ApiKeysOf>();
        app.Use((context, next) => keysOf(context).IsEmpty ? AnswerLocalAsync(context, next) : next(context));
    }

    private static async Task AnswerLocalAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsLoopback(context.Request.Host.Host))
        {
            await TypedResults.Problem(
                "Without API keys the service answers only requests addressed to localhost or a loopback address.",
                statusCode: StatusCodes.Status400BadRequest, title: "Unknown host").ExecuteAsync(context);
        }
        else if (context.Request.Headers.Origin is [{ } origin] && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && IsLoopback(page.Host)))
        {
            // A browser says on whose behalf it asks; a page from elsewhere must not retrain or import for its visitor.
            await TypedResults.Problem(
                "Without API keys the service does not answer pages of other hosts.",
                statusCode: StatusCodes.Status403Forbidden, title: "Foreign origin").ExecuteAsync(context);
        }
        else
        {
            await next(context);
        }
    }
}
