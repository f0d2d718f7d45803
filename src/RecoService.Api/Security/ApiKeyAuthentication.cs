using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;
using RecoService.Api.Settings;

namespace RecoService.Api.Security;

/// <summary>
/// Tells who calls from the <c>X-Api-Key</c> header, and what he may do from his role; authorization asks it for every request. Without any configured key
/// (Development only) every caller is an administrator. It stands in the place of authentication schemes and role handlers, which make a handler, an identity
/// and a ticket anew for every request.
/// </summary>
internal sealed class ApiKeyAuthentication(ApiKeyRing keys, IAuthorizationService authorization) : IPolicyEvaluator, IAuthorizationMiddlewareResultHandler
{
    public const string SchemeName = ApiKeyCaller.SchemeName;
    public const string HeaderName = "X-Api-Key";
    public const string OpenName = "no-key";

    private readonly ApiKeyCaller anybody = new(OpenName, ApiKeyRole.Admin);
    private readonly AuthenticateResult unknown = AuthenticateResult.Fail("The API key is not known.");

    public Task<AuthenticateResult> AuthenticateAsync(AuthorizationPolicy policy, HttpContext context)
    {
        var caller = anybody;
        if (!keys.IsEmpty)
        {
            if (!context.Request.Headers.TryGetValue(HeaderName, out var presented) || presented.Count != 1)
                return Task.FromResult(AuthenticateResult.NoResult());
            caller = keys.Find(presented[0]!);
        }

        if (caller is null)
            return Task.FromResult(unknown);
        context.User = caller;
        return caller.Authenticated;
    }

    public async Task<PolicyAuthorizationResult> AuthorizeAsync(AuthorizationPolicy policy, AuthenticateResult authenticationResult, HttpContext context, object? resource) =>
        context.User is ApiKeyCaller caller && HasRole(policy, caller) || (await authorization.AuthorizeAsync(context.User, resource, policy)).Succeeded ? PolicyAuthorizationResult.Success()
        : authenticationResult.Succeeded ? PolicyAuthorizationResult.Forbid()
        : PolicyAuthorizationResult.Challenge();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
            return next(context);
        context.Response.StatusCode = authorizeResult.Forbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status401Unauthorized;
        if (authorizeResult.Challenged)
            context.Response.Headers.WWWAuthenticate = $"ApiKey header=\"{HeaderName}\"";
        return Task.CompletedTask;
    }

    /// <summary>The policy asks for nothing but roles, and the caller's is among them each time. Whatever else there may be in a policy is for its handlers to say.</summary>
    private static bool HasRole(AuthorizationPolicy policy, ApiKeyCaller caller)
    {
        for (var place = 0; place < policy.Requirements.Count; place++)
        {
            if (policy.Requirements[place] is not RolesAuthorizationRequirement { AllowedRoles: ICollection<string> roles } || !roles.Contains(caller.Role))
                return false;
        }

        return policy.Requirements.Count > 0;
    }
}
