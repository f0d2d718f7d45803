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

/// <summary>
/// Writes what admins change into the audit log: every call that needs an admin key and is not a GET, when it has been carried out and before it is answered. A refused change is none. A change that cannot
/// be written down stays made, and the service's log says so.
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
        object? result;
        try
        {
            result = await next(invocation);
        }
        catch (StorageUnavailableException exception) when (exception.OutcomeIsUnknown)
        {
            await AppendAsync(context, endpoint, null, Unknown);
            throw;
        }

        if (StatusOf(context, result) is >= 200 and < 300 and var status)
            await AppendAsync(context, endpoint, result, status.ToString());
        return result;
    }

    private async Task AppendAsync(HttpContext context, RouteEndpoint endpoint, object? result, string outcome)
    {
        var (key, call, subject) = (
            context.User.Identity?.Name ?? "", endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "", SubjectOf(context, endpoint.RoutePattern, result));
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
