namespace RecoService.Api.Http;

/// <summary>Stands in a request whose answer nobody looks at: its list is no impression, and counts nowhere.</summary>
internal sealed class UnseenRequest;

internal static class HeadRequests
{
    /// <summary>Answers HEAD wherever GET is answered: the call runs as for GET, and the server leaves the body out.</summary>
    public static void UseHeadRequests(this WebApplication app) => app.Use(static (context, next) =>
        HttpMethods.IsHead(context.Request.Method) ? AnswerAsync(context, next) : next(context));

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        context.Request.Method = HttpMethods.Get;
        context.Features.Set(new UnseenRequest());
        try
        {
            await next(context);
        }
        finally
        {
            context.Request.Method = HttpMethods.Head;
        }
    }
}
