using Microsoft.AspNetCore.Http;
using RecoService.WebConsole.Words;

namespace RecoService.WebConsole.Sessions;

/// <summary>The request for a page: who looks, and in which language.</summary>
internal sealed class Visit
{
    private const string LanguageCookie = "recoservice-language";
    private const string LanguageParameter = "lang";

    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(365);

    private HttpContext? context;

    public HttpContext Context => context ?? throw new InvalidOperationException("Only a request for a page has a visit.");

    /// <summary>As in the address, the cookie, or what the browser asks for, in this order.</summary>
    public string Language { get; private set; } = WordList.Default;

    public bool IsAdmin => Context.User.IsInRole(ConsoleSession.AdminRole);

    public string Name => Context.User.Identity?.Name ?? "";

    public void Begin(HttpContext request)
    {
        context = request;
        if (request.Request.Query[LanguageParameter].ToString() is { Length: > 0 } asked && WordList.Languages.Contains(asked))
        {
            Language = asked;
            var kept = new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = request.Request.IsHttps, MaxAge = KeptFor, Path = PathOf(request), IsEssential = true };
            request.Response.Cookies.Append(LanguageCookie, asked, kept);
            return;
        }

        Language = request.Request.Cookies[LanguageCookie] is { } chosen && WordList.Languages.Contains(chosen) ? chosen
            : request.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(language => language.Quality ?? 1).Select(language => language.Value.Value?.Split('-')[0].ToLowerInvariant())
                .FirstOrDefault(language => language is not null && WordList.Languages.Contains(language)) ?? WordList.Default;
    }

    private static string PathOf(HttpContext request) => request.Request.PathBase.HasValue ? request.Request.PathBase.Value! : "/";
}
