using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;
using RecoService.Api.Security;
using RecoService.Api.Status;
using RecoService.Engine.Evaluation.Audit;

namespace RecoService.Api.OpenApi;

internal static class SwaggerExtensions
{
    public static void AddSwagger(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = "RecoService",
                Version = ServiceEndpoint.Version,
                License = new OpenApiLicense { Name = "MIT", Url = new Uri("https://opensource.org/license/mit") },
                Description = "Recommendations for a shop: tell what users did, ask what to show them, see and steer the models behind it. The examples work against the demo shop.",
            });
            options.AddSecurityDefinition(ApiKeyHandler.SchemeName, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = ApiKeyHandler.HeaderName,
                Description = "A storefront key for the storefront's calls, a viewer key for whatever only reads, an admin key for everything. Development without configured keys needs none.",
            });
            options.SupportNonNullableReferenceTypes();
            // Its members are none of the wire's; the properties that hold it say its shape.
            options.MapType<Recommendations.IncludedItem>(() => new OpenApiSchema { Type = JsonSchemaType.Object });
            options.MapType<Http.PathId>(() => new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 256 });
            options.IncludeXmlComments(Path.Combine(AppContext.BaseDirectory, $"{Assembly.GetExecutingAssembly().GetName().Name}.xml"));
            // What is measured leaves as the engine has it.
            options.IncludeXmlComments(Path.Combine(AppContext.BaseDirectory, $"{typeof(ModelAudit).Assembly.GetName().Name}.xml"));
            options.OperationFilter<DemoShopExamples>();
            options.OperationFilter<ImportParameters>();
            options.OperationFilter<ParameterDescriptions>();
            options.OperationFilter<OperationAnswers>();
            options.MapType<decimal>(() => new OpenApiSchema { Type = JsonSchemaType.Number, Format = "decimal" });
            options.MapType<decimal?>(() => new OpenApiSchema { Type = JsonSchemaType.Number | JsonSchemaType.Null, Format = "decimal" });
            options.SchemaFilter<SchemaFacts>();
            options.SchemaFilter<RequestBounds>();
            options.DocumentFilter<TagDescriptions>();
            options.UseAllOfToExtendReferenceSchemas();
            options.OrderActionsBy(operation => OrderOf(operation));
        });
    }

    public static void UseSwaggerPages(this WebApplication app)
    {
        // Where the proxy offers the service, and relative, so that it is right whatever the host is called.
        app.UseSwagger(options => options.PreSerializeFilters.Add(static (document, request) =>
            document.Servers = [new OpenApiServer { Url = request.PathBase.HasValue ? request.PathBase.ToUriComponent() : "/" }]));
        app.UseSwaggerUI(options =>
        {
            options.DocumentTitle = "RecoService";
            options.SwaggerEndpoint("v1/swagger.json", "RecoService v1");
            options.DisplayRequestDuration();
            options.EnablePersistAuthorization();
        });
    }

    /// <summary>Within a tag, reading under the tag's own path comes first: the call that the service exists for is the first of all.</summary>
    private static string OrderOf(ApiDescription operation)
    {
        var tag = TagOf(operation);
        var isOwnPath = operation.RelativePath!.StartsWith(tag ?? "", StringComparison.OrdinalIgnoreCase);
        return $"{TagDescriptions.PositionOf(tag):00} {(isOwnPath ? 0 : 1)} {(operation.HttpMethod == HttpMethods.Get ? 0 : 1)} {operation.RelativePath}";
    }

    private static string? TagOf(ApiDescription operation) =>
        operation.ActionDescriptor.EndpointMetadata.OfType<ITagsMetadata>().FirstOrDefault()?.Tags.FirstOrDefault();
}
