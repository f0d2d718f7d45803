using Microsoft.AspNetCore.Http.Metadata;

namespace RecoService.Api.Http;

internal static class EndpointDescriptions
{
    /// <summary>Names the errors that an endpoint answers with, beside those of every endpoint (401, 403, 429).</summary>
    public static TBuilder ProducesProblems<TBuilder>(this TBuilder builder, params ReadOnlySpan<int> statusCodes)
        where TBuilder : IEndpointConventionBuilder
    {
        foreach (var statusCode in statusCodes)
            builder.WithMetadata(new ProducesResponseTypeMetadata(statusCode, typeof(Microsoft.AspNetCore.Mvc.ProblemDetails), ["application/problem+json"]));
        return builder;
    }

    /// <summary>Describes the JSON body of a handler that reads it itself.</summary>
    public static TBuilder AcceptsJson<TBuilder>(this TBuilder builder, Type type, bool isOptional = false)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new AcceptsMetadata(["application/json"], type, isOptional));
}
