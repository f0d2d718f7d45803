using System.Text;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing.Patterns;
using RecoService.Storage;
using RecoService.Storage.Operations;

namespace RecoService.Api.Security;

/// <summary>The audit log of the shop that a request belongs to.</summary>
internal delegate AuditLog AuditLogOf(HttpContext context);

/// <summary>Marks a call that needs an admin key and changes nothing of the shop, so that it is no entry of the audit log.</summary>
internal sealed class ChangesNothing
{
    public static readonly ChangesNothing Marker = new();
}

/// <summary>Marks a call whose first write is not its change, as a file's, which is merged a piece at a time: its entry is written when it has been carried out.</summary>
internal sealed class WrittenAfterwards
{
    public static readonly WrittenAfterwards Marker = new();
}

/// <summary>
/// Writes what admins change into the audit log: every call that needs an admin key and is not a GET. What changes the store is written down in the same transaction. What else a call does, as the merge of a
/// file, is written down when it has been carried out and before it is answered; where that fails it stays made, and the service's log says so. A refused change is none.
/// </summary>
internal sealed partial class AuditTrail(AuditLogOf logOf, ILogger<AuditTrail> logger)
{
    private const string Unknown = "unknown";
    private const string UserParameter = "userId";

    /// <summary>Longer paths are cut.</summary>
    private const int MostSubjectCharacters = 1_024;

    /// <summary>Has the calls of an endpoint written down.</summary>
    public static void AddTo(EndpointBuilder endpoint)
    {
        endpoint.Metadata.Add(Followed.Marker);
        endpoint.FilterFactories.Add(static (_, next) => invocation => invocation.HttpContext.RequestServices.GetRequiredService<AuditTrail>().FollowAsync(invocation, next));
    }

    private async ValueTask<object?> FollowAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        if (context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<ChangesNothing>() is not null)
            return await next(invocation);
        if (endpoint.Metadata.GetMetadata<WrittenAfterwards>() is not null)
        {
            var answer = await next(invocation);
            await AppendIfDoneAsync(context, endpoint, answer);
            return answer;
        }

        object? result;
        var scope = AuditScope.Begin(KeyOf(context), CallOf(endpoint), context.Request.Method, SubjectOf(context, endpoint.RoutePattern, null));
        try
        {
            result = await next(invocation);
        }
        catch (StorageUnavailableException exception) when (exception.OutcomeIsUnknown)
        {
            scope.Dispose();
            await AppendAsync(context, endpoint, null, Unknown);
            throw;
        }
        finally
        {
            scope.Dispose();
        }

        if (!scope.IsWritten)
            await AppendIfDoneAsync(context, endpoint, result);
        return result;
    }

    private async Task AppendIfDoneAsync(HttpContext context, RouteEndpoint endpoint, object? result)
    {
        if (StatusOf(context, result) is >= 200 and < 300 and var status)
            await AppendAsync(context, endpoint, result, status.ToString());
    }

    private async Task AppendAsync(HttpContext context, RouteEndpoint endpoint, object? result, string outcome)
    {
        var (key, call, subject) = (KeyOf(context), CallOf(endpoint), SubjectOf(context, endpoint.RoutePattern, result));
        try
        {
            // The change is made, whether or not its client still waits.
            await logOf(context).AppendAsync(key, call, context.Request.Method, subject, outcome, CancellationToken.None);
        }
        catch (StorageUnavailableException exception)
        {
            LogLost(call, subject, key, outcome, exception.Message);
        }
    }

    private static string KeyOf(HttpContext context) => context.User.Identity?.Name ?? "";

    private static string CallOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "";

    private static int StatusOf(HttpContext context, object? result)
    {
        while (result is INestedHttpResult nested)
            result = nested.Result;
        return result is IStatusCodeHttpResult { StatusCode: { } status } ? status : context.Response.StatusCode;
    }

    /// <summary>The path with its ids as the request line has them, or that of what was created. A user's id is left out, because the log outlives the user.</summary>
    private static string SubjectOf(HttpContext context, RoutePattern pattern, object? result)
    {
        while (result is INestedHttpResult nested)
            result = nested.Result;
        if (pattern.GetParameter(UserParameter) is null && result?.GetType().GetProperty("Location")?.GetValue(result) is string { Length: > 0 } location)
            return Cut(location);
        var subject = new StringBuilder();
        foreach (var segment in pattern.PathSegments)
        {
            subject.Append('/');
            foreach (var part in segment.Parts)
            {
                subject.Append(part switch
                {
                    RoutePatternLiteralPart literal => literal.Content,
                    RoutePatternParameterPart { Name: UserParameter } => $"{{{UserParameter}}}",
                    RoutePatternParameterPart parameter => context.Request.RouteValues[parameter.Name]?.ToString(),
                    _ => "",
                });
            }
        }

        return Cut(subject.ToString());
    }

    private static string Cut(string subject) => subject.Length <= MostSubjectCharacters ? subject : subject[..MostSubjectCharacters];

    [LoggerMessage(LogLevel.Warning, "A change is made and could not be written into the audit log: {Call} of {Subject} with the key {Key}, outcome {Outcome}. {Reason}")]
    private partial void LogLost(string call, string subject, string key, string outcome, string reason);

    /// <summary>Marks an endpoint whose calls are written down.</summary>
    internal sealed class Followed
    {
        public static readonly Followed Marker = new();
    }
}
