using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using RecoService.Api.Security;
using RecoService.Api.Tests.Service;
using RecoService.Storage;
using RecoService.WebConsole;
using RecoService.WebConsole.Sessions;

namespace RecoService.Api.Tests.Security;

public sealed class ApiKeySchemeTests(SharedServices services) : IClassFixture<SharedServices>
{
    [Theory]
    [InlineData(TestService.AdminKey, "admin", "Admin")]
    [InlineData(TestService.StorefrontKey, "storefront", "Storefront")]
    public async Task Authenticate_AKnownKey_GivesAPrincipalWithItsNameAndRole(string key, string name, string role)
    {
        var result = await AuthenticateAsync(key);

        Assert.True(result.Succeeded);
        Assert.Equal(ApiKeyHandler.SchemeName, result.Ticket.AuthenticationScheme);
        Assert.Equal((ApiKeyHandler.SchemeName, name), (result.Principal.Identity!.AuthenticationType, result.Principal.Identity.Name));
        Assert.Equal(role, Assert.Single(result.Principal.FindAll(ClaimTypes.Role)).Value);
        Assert.True(result.Principal.IsInRole(role));
        Assert.False(result.Principal.IsInRole("King"));
    }

    [Fact]
    public async Task Authenticate_NoKeyOrTwo_GivesNoResultAndAWrongOneFails()
    {
        Assert.True((await AuthenticateAsync()).None);
        Assert.True((await AuthenticateAsync(TestService.AdminKey, TestService.AdminKey)).None);

        var wrong = await AuthenticateAsync("a-key-that-nobody-has-0001");

        Assert.NotNull(wrong.Failure);
        Assert.DoesNotContain("a-key-that", wrong.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scheme_IsTheDefaultForEverythingAndSessionsAreForPagesOnly()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        var schemes = service.Get<IAuthenticationSchemeProvider>();

        Assert.Equal([ApiKeyHandler.SchemeName, "Console", ConsoleSession.CookieScheme], (await schemes.GetAllSchemesAsync()).Select(scheme => scheme.Name));
        Assert.All(
            service.Get<EndpointDataSource>().Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<ConsolePage>() is null),
            endpoint => Assert.DoesNotContain(endpoint.Metadata.OfType<IAuthorizeData>(), data => data.Policy == ConsoleSession.PolicyName));
        Assert.Equal(ApiKeyHandler.SchemeName, (await schemes.GetDefaultAuthenticateSchemeAsync())!.Name);
        Assert.Equal(ApiKeyHandler.SchemeName, (await schemes.GetDefaultChallengeSchemeAsync())!.Name);
        Assert.Equal(ApiKeyHandler.SchemeName, (await schemes.GetDefaultForbidSchemeAsync())!.Name);
    }

    /// <summary>A log-in of another scheme stands beside the keys: its role opens the same calls, and keys go on as before.</summary>
    [Theory]
    [InlineData("Admin", 200, 200)]
    [InlineData("Storefront", 200, 403)]
    [InlineData("Guest", 403, 403)]
    public async Task OtherScheme_WithTheClaims_IsLetInByRole(string role, int list, int status)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, configure: builder =>
        {
            builder.Services.Configure<AuthenticationOptions>(schemes =>
            {
                schemes.AddScheme<LogIn>("LogIn", displayName: null);
                schemes.DefaultAuthenticateScheme = "LogIn";
            });
            builder.Services.AddTransient<LogIn>();
        });
        using var person = service.CreateClient(null);
        person.DefaultRequestHeaders.Add("X-Role", role);

        using var listed = await person.GetAsync("/recommendations/u");
        using var asked = await person.GetAsync("/admin/status");
        using var anonymous = await service.Anonymous.GetAsync("/recommendations/u");
        using var key = await service.Admin.GetAsync("/admin/status");

        Assert.Equal((list, status, 401, 200), ((int)listed.StatusCode, (int)asked.StatusCode, (int)anonymous.StatusCode, (int)key.StatusCode));
    }

    private async Task<AuthenticateResult> AuthenticateAsync(params string[] keys)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        await using var scope = service.Services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        if (keys.Length > 0)
            context.Request.Headers[ApiKeyHandler.HeaderName] = keys;
        return await context.AuthenticateAsync(ApiKeyHandler.SchemeName);
    }

    /// <summary>Stands for a log-in: whoever says a role has it, and everybody else is asked for a key.</summary>
    private sealed class LogIn : IAuthenticationHandler
    {
        private HttpContext? context;

        public Task InitializeAsync(AuthenticationScheme scheme, HttpContext current)
        {
            context = current;
            return Task.CompletedTask;
        }

        public Task<AuthenticateResult> AuthenticateAsync() => context!.Request.Headers["X-Role"] is [{ } role]
            ? Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(
                new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "somebody"), new Claim(ClaimTypes.Role, role)], "LogIn")), "LogIn")))
            : context.AuthenticateAsync(ApiKeyHandler.SchemeName);

        public Task ChallengeAsync(AuthenticationProperties? properties) => context!.ChallengeAsync(ApiKeyHandler.SchemeName);

        public Task ForbidAsync(AuthenticationProperties? properties) => context!.ForbidAsync(ApiKeyHandler.SchemeName);
    }
}
