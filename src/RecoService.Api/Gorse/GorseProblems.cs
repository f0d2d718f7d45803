using Microsoft.AspNetCore.WebUtilities;

namespace RecoService.Api.Gorse;

/// <summary>Errors as Gorse's clients expect them: the status, and the reason as plain text.</summary>
internal sealed class GorseProblems : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => GorseEndpoints.Hold(context.HttpContext.Request.Path);

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        context.HttpContext.Response.ContentType = "text/plain; charset=utf-8";
        await context.HttpContext.Response.WriteAsync(problem.Detail ?? problem.Title ?? ReasonPhrases.GetReasonPhrase(context.HttpContext.Response.StatusCode));
    }
}
