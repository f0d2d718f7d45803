using System.Security.Cryptography;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using RecoService.Api.Serving;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Http;

/// <summary>Every error leaves as RFC 9457 problem details; faults of the request name the field and the reason.</summary>
internal static class Problems
{
    public static void AddProblems(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = Explain);
        services.AddExceptionHandler<ExceptionToProblem>();
        services.AddSingleton<ServerRefusals>();
        services.AddSingleton<NearRoutes>();
        services.AddSingleton<PagePaths>();
        // Otherwise a value that cannot be bound is a bare 400 that does not say which one.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    public static void UseProblems(this WebApplication app)
    {
        app.Services.GetRequiredService<ServerRefusals>().Subscribe();
        var paths = app.Services.GetRequiredService<PagePaths>();
        // Errors of the API are problem details whatever the client says it accepts, and nothing else of the API asks.
        app.Use((context, next) =>
        {
            if (!paths.Hold(context.Request.Path))
                context.Request.Headers.Remove(HeaderNames.Accept);
            return next(context);
        });
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = context => context.Exception is not null && IsExpected(CauseOf(context.Exception)) });
        app.UseStatusCodePages();
    }

    /// <summary>Says what routing refuses with a bare status.</summary>
    private static void Explain(ProblemDetailsContext context)
    {
        context.HttpContext.RequestServices.GetService<SecurityHeaders>()?.Protect(context.HttpContext);
        context.ProblemDetails.Detail ??= context.ProblemDetails.Status switch
        {
            StatusCodes.Status401Unauthorized => Refusals.OfKey(context.HttpContext),
            StatusCodes.Status403Forbidden => Refusals.OfRole(context.HttpContext),
            StatusCodes.Status404NotFound => Refusals.OfPath(context.HttpContext),
            StatusCodes.Status405MethodNotAllowed => Refusals.OfMethod(context.HttpContext),
            StatusCodes.Status429TooManyRequests => Refusals.OfRate(context.HttpContext),
            StatusCodes.Status415UnsupportedMediaType => "The Content-Type must be application/json; of an import text/csv or application/x-ndjson, or application/gzip or application/octet-stream with ?format=csv or ndjson.",
            _ => null,
        };
    }

    private static bool IsExpected(Exception exception) =>
        exception is BadHttpRequestException or InvalidRequestException or InvalidCursorException or InteractionConflictException or InteractionTakenBackException or PreconditionFailedException or StorageUnavailableException or ServiceStartingException or OperationCanceledException;

    /// <summary>Encryption hides why it has no keys.</summary>
    private static Exception CauseOf(Exception exception) => exception is CryptographicException { InnerException: StorageUnavailableException or ServiceStartingException } ? exception.InnerException : exception;

    private static TimeSpan? RetryAfterOf(Exception exception) => exception switch
    {
        StorageUnavailableException unavailable => unavailable.RetryAfter,
        ServiceStartingException => ServiceStartingException.RetryAfter,
        _ => null,
    };

    private static ProblemDetails ProblemOf(Exception exception) => exception switch
    {
        InvalidRequestException invalid => FieldProblems(StatusCodes.Status400BadRequest, invalid.Problems),
        InvalidCursorException => FieldProblems(StatusCodes.Status400BadRequest, [new FieldProblem("cursor", "is not a cursor that this service gave; start again without one")]),
        InteractionConflictException conflict => FieldProblems(StatusCodes.Status409Conflict, [new FieldProblem($"[{conflict.Index}].id", $"{WireText.Quote(conflict.Id)} is taken by an interaction with other content")]),
        InteractionTakenBackException taken => FieldProblems(StatusCodes.Status409Conflict, [new FieldProblem("id", $"{WireText.Quote(taken.Id)} was taken back, and its id stays taken; send what happened since under a new id")]),
        PreconditionFailedException failed => new ProblemDetails
        {
            Status = StatusCodes.Status412PreconditionFailed,
            Title = "The record is not as the request expects",
            Detail = $"Nothing was changed: {failed.Message}. Read it again with GET, and send the ETag of that answer.",
            // The framework takes the header of this name from every answer to an exception.
            Extensions = { ["etag"] = failed.Current?.ToString() },
        },
        StorageUnavailableException unavailable => Unavailable(unavailable),
        ServiceStartingException starting => new ProblemDetails { Status = StatusCodes.Status503ServiceUnavailable, Title = "The service is starting", Detail = $"{starting.Message} Try again after the time in Retry-After." },
        BadHttpRequestException bad => new ProblemDetails { Status = bad.StatusCode, Detail = bad.Message },
        _ => new ProblemDetails { Status = StatusCodes.Status500InternalServerError, Title = "Something went wrong here", Detail = "The error is in the service's log under the trace id below." },
    };

    /// <summary>Says why, and whether anything was changed, so that the client knows what a retry does.</summary>
    private static ProblemDetails Unavailable(StorageUnavailableException exception)
    {
        var problem = new ProblemDetails { Status = StatusCodes.Status503ServiceUnavailable };
        if (!exception.OutcomeIsUnknown)
        {
            problem.Title = "The store is not available";
            problem.Detail = $"{exception.Message} Nothing was changed. Try again after the time in Retry-After.";
            problem.Extensions["outcome"] = "none";
            return problem;
        }

        problem.Type = "urn:recoservice:problem:outcome-unknown";
        problem.Title = "The outcome is unknown";
        problem.Detail = $"{exception.Message} It may be stored or not. Send the same again after the time in Retry-After"
            + (exception.Ids is null ? "; nothing is stored twice." : ", with the ids given here in the same order; nothing is stored twice.");
        problem.Extensions["outcome"] = "unknown";
        if (exception.Ids is not null)
            problem.Extensions["ids"] = exception.Ids;
        return problem;
    }

    /// <summary>Faults by field, as in the framework's own validation problems, so that clients read one shape.</summary>
    private static HttpValidationProblemDetails FieldProblems(int status, IReadOnlyList<FieldProblem> problems)
    {
        const int most = 100;
        var errors = problems.Take(most).GroupBy(problem => problem.Field, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Select(problem => problem.Reason).ToArray(), StringComparer.Ordinal);
        return new HttpValidationProblemDetails(errors)
        {
            Status = status,
            Title = status == StatusCodes.Status409Conflict ? "The request is in conflict with what is stored" : "The request is not valid",
            Detail = problems.Count > most ? $"{problems.Count} faults; the first {most} are named." : problems[0].ToString(),
        };
    }

    private sealed class ExceptionToProblem(IProblemDetailsService problems) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
        {
            // The client is gone; there is nobody to answer.
            if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
            {
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return true;
            }

            exception = CauseOf(exception);
            var problem = ProblemOf(exception);
            context.Response.StatusCode = problem.Status!.Value;
            if (RetryAfterOf(exception) is { } wait)
                context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString();
            await problems.WriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem });
            return true;
        }
    }
}
