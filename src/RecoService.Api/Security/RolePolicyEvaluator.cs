using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http.Metadata;
using RecoService.Api.Settings;

namespace RecoService.Api.Security;

/// <summary>
/// The framework's evaluation of policies, with a short way for the policies that every call has: those that ask for nothing but roles. It saves a
/// context, its lists and a pass over all handlers in every request. Whatever else there may be in a policy is for its handlers to say.
/// </summary>
internal sealed class RolePolicyEvaluator(IAuthorizationService authorization) : PolicyEvaluator(authorization)
{
    private static readonly Task<PolicyAuthorizationResult> Granted = Task.FromResult(PolicyAuthorizationResult.Success());
    private static readonly Task<PolicyAuthorizationResult> Forbidden = Task.FromResult(PolicyAuthorizationResult.Forbid());

    public override Task<PolicyAuthorizationResult> AuthorizeAsync(AuthorizationPolicy policy, AuthenticateResult authenticationResult, HttpContext context, object? resource) =>
        context.User is ApiKeyCaller { Scopes.Count: > 0 } caller && context.GetEndpoint() is RouteEndpoint endpoint && !caller.Opens(ScopeOf(endpoint)) ? Forbidden
        : HasRole(policy, context.User) ? Granted
        : base.AuthorizeAsync(policy, authenticationResult, context, resource);

    /// <summary>The group of operations that an endpoint belongs to; null for none.</summary>
    internal static string? ScopeOf(Endpoint endpoint) => KeyScopes.OfTag(endpoint.Metadata.GetMetadata<ITagsMetadata>()?.Tags.FirstOrDefault());

    private static bool HasRole(AuthorizationPolicy policy, ClaimsPrincipal user)
    {
        for (var position = 0; position < policy.Requirements.Count; position++)
        {
            if (policy.Requirements[position] is not RolesAuthorizationRequirement asked || !IsInAny(user, asked.AllowedRoles))
                return false;
        }

        return policy.Requirements.Count > 0;
    }

    /// <summary>A key's role is known without a look at claims.</summary>
    private static bool IsInAny(ClaimsPrincipal user, IEnumerable<string> roles) =>
        user is ApiKeyCaller caller && roles is ICollection<string> known ? known.Contains(caller.Role) : roles.Any(user.IsInRole);
}
