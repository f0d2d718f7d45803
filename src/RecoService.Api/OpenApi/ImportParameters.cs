using Microsoft.OpenApi;
using RecoService.Api.Importing.Options;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace RecoService.Api.OpenApi;

/// <summary>Describes the options of an import, which the endpoint reads from the query itself.</summary>
internal sealed class ImportParameters : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        if (operation.OperationId?.StartsWith("Import", StringComparison.Ordinal) != true)
            return;
        operation.Parameters ??= [];
        foreach (var option in ImportOption.All)
            operation.Parameters.Add(new OpenApiParameter { Name = option.Name, In = ParameterLocation.Query, Description = option.Description, Schema = SchemaOf(option.Shape) });
        if (operation.RequestBody?.Content?.TryGetValue("application/json", out var content) == true && content is OpenApiMediaType rows)
            rows.Schema = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Object } };
    }

    private static OpenApiSchema SchemaOf(OptionShape shape) => shape switch
    {
        OptionShape.Flag => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        OptionShape.Texts => new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
        _ => new OpenApiSchema { Type = JsonSchemaType.String },
    };
}
