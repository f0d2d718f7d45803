using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;
using RecoService.Api.Security;

namespace RecoService.Api.OpenApi;

internal static class SwaggerExtensions
{
    /// <summary>What a storefront calls comes first.</summary>
    private static readonly string[] TagOrder = ["Recommendations", "Interactions", "Items", "Users", "Import", "Model runs", "Models", "Status", "Health"];

    public static void AddSwagger(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = "RecoService",
                Version = "v1",
                Description = "Recommendations for a shop: tell what users did, ask what to show them, see and steer the models behind it. The examples work against the demo shop.",
            });
            options.AddSecurityDefinition(ApiKeyAuthentication.SchemeName, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = ApiKeyAuthentication.HeaderName,
                Description = "A storefront key for the storefront's calls, an admin key for everything. Development without configured keys needs none.",
            });
            options.AddSecurityRequirement(document => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(ApiKeyAuthentication.SchemeName, document)] = [] });
            options.SupportNonNullableReferenceTypes();
            options.MapType<Hosting.PathId>(() => new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 256 });
            options.IncludeXmlComments(Path.Combine(AppContext.BaseDirectory, $"{Assembly.GetExecutingAssembly().GetName().Name}.xml"));
            options.OperationFilter<DemoShopExamples>();
            options.OperationFilter<ImportParameters>();
            options.OrderActionsBy(operation => $"{Array.IndexOf(TagOrder, TagOf(operation)):00} {operation.RelativePath}");
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

    private static string? TagOf(ApiDescription operation) =>
        operation.ActionDescriptor.EndpointMetadata.OfType<ITagsMetadata>().FirstOrDefault()?.Tags.FirstOrDefault();
}
