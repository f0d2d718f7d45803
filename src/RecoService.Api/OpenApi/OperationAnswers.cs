using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;
using RecoService.Api.Security;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace RecoService.Api.OpenApi;

/// <summary>
/// Says of every operation which role it needs and what every operation may answer beside its own answers: 401, 403 and 429 of the key, 503 of the store,
/// 413 and 415 of a body. It reads the endpoint's own metadata, so a new endpoint cannot forget it.
/// </summary>
internal sealed class OperationAnswers : IOperationFilter
{
    private static readonly Dictionary<int, string> Descriptions = new()
    {
        [200] = "Done.",
        [201] = "Created.",
        [202] = "Accepted; the work goes on in the background.",
        [204] = "Done; there is nothing to say.",
        [304] = "Not modified: the client's copy is current.",
        [400] = "The request is not valid; `errors` names each field and the reason.",
        [401] = "The key is missing or unknown.",
        [403] = "The key's role does not allow this.",
        [404] = "There is no such thing.",
        [409] = "The request is in conflict with what is stored.",
        [412] = "The stored version is another than the one that If-Match names.",
        [413] = "The body is larger than the configured limit.",
        [415] = "The Content-Type is not one that this operation reads.",
        [422] = "The file was not imported; the report names the lines and the reasons.",
        [429] = "The key has used up its requests per second; try again after Retry-After seconds.",
        [503] = "The service is starting, or the store is away; try again after Retry-After seconds.",
    };

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        operation.Responses ??= [];
        if (metadata.OfType<IAllowAnonymous>().Any())
            operation.Security = [];
        else
            AddKey(operation, metadata.OfType<IAuthorizeData>().LastOrDefault()?.Policy, context);

        AddProblem(operation, StatusCodes.Status400BadRequest, context);
        if (operation.RequestBody is not null)
        {
            AddProblem(operation, StatusCodes.Status413PayloadTooLarge, context);
            AddProblem(operation, StatusCodes.Status415UnsupportedMediaType, context);
        }

        foreach (var (status, response) in operation.Responses)
        {
            if (response is not OpenApiResponse answer || !int.TryParse(status, out var code))
                continue;
            if (Descriptions.TryGetValue(code, out var description))
                answer.Description = description;
            foreach (var (name, header) in HeadersOf(code, operation.OperationId))
                (answer.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)).TryAdd(name, header);
            if (code >= 400 && answer.Content is not { Count: > 0 })
                answer.Content = ProblemContent(context);
        }
    }

    private static void AddKey(OpenApiOperation operation, string? policy, OperationFilterContext context)
    {
        var roles = policy switch
        {
            SecurityExtensions.Storefront => "a storefront or an admin key",
            SecurityExtensions.Reader => "a key of any role",
            SecurityExtensions.Viewer => "a viewer or an admin key",
            _ => "an admin key",
        };
        operation.Description = $"{operation.Description} Needs {roles}.".TrimStart();
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(ApiKeyHandler.SchemeName, context.Document)] = [] }];
        AddProblem(operation, StatusCodes.Status401Unauthorized, context);
        AddProblem(operation, StatusCodes.Status403Forbidden, context);
        AddProblem(operation, StatusCodes.Status429TooManyRequests, context);
        AddProblem(operation, StatusCodes.Status503ServiceUnavailable, context);
    }

    private static void AddProblem(OpenApiOperation operation, int status, OperationFilterContext context) =>
        operation.Responses!.TryAdd(status.ToString(), new OpenApiResponse { Content = ProblemContent(context) });

    private static Dictionary<string, IOpenApiMediaType> ProblemContent(OperationFilterContext context) => new(StringComparer.Ordinal)
    {
        ["application/problem+json"] = new OpenApiMediaType { Schema = context.SchemaGenerator.GenerateSchema(typeof(ProblemDetails), context.SchemaRepository) },
    };

    private static IEnumerable<(string Name, OpenApiHeader Header)> HeadersOf(int status, string? operationId) => (status, operationId) switch
    {
        (429 or 503, _) => [("Retry-After", HeaderOf("Seconds to wait before the next try.", JsonSchemaType.Integer))],
        (202, _) or (409, "Retrain") => [("Location", HeaderOf("Where to ask for the run.", JsonSchemaType.String))],
        _ => [],
    };

    private static OpenApiHeader HeaderOf(string description, JsonSchemaType type) =>
        new() { Description = description, Schema = new OpenApiSchema { Type = type } };
}
