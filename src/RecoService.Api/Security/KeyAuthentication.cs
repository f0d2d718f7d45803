using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace RecoService.Api.Security;

/// <summary>
/// The framework's authentication, with a short way for a key that is known, which nearly every call has. It saves a handler, its table and a look at who was authenticated before in every request.
/// Whatever else there may be is for the schemes and their handlers to say.
/// </summary>
internal sealed class KeyAuthentication(
    IAuthenticationSchemeProvider schemes, IAuthenticationHandlerProvider handlers, IClaimsTransformation transform, IOptions<AuthenticationOptions> options, ApiKeysOf keysOf, TimeProvider time)
    : AuthenticationService(schemes, handlers, transform, options)
{
    public override Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme) =>
        scheme == ApiKeyHandler.SchemeName && time.GetUtcNow() is var now && ApiKeyHandler.CallerOf(context.Request, keysOf(context), now) is { } caller ? caller.Used(now).Authenticated : base.AuthenticateAsync(context, scheme);
}
