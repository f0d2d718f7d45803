using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using RecoService.Api.Http;
using RecoService.Api.Settings;
using RecoService.Api.Wire;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace RecoService.Api.OpenApi;

/// <summary>
/// Makes the schemas as strict as the service is: every member of an answer is always there, null where it says so, and later versions may add members;
/// problem details carry the faults by field.
/// </summary>
internal sealed class SchemaFacts : ISchemaFilter
{
    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is not OpenApiSchema concrete)
            return;
        if (context.Type == typeof(ProblemDetails))
        {
            DescribeProblem(concrete);
            return;
        }

        foreach (var (name, member) in MembersOf(concrete, context))
            concrete.Properties![name] = Shaped((OpenApiSchema)concrete.Properties[name], member, context);
        if (context.MemberInfo is null && !IsRequest(context.Type))
            DescribeAnswer(concrete, context);
    }

    /// <summary>Requests refuse unknown members, and say themselves which they need.</summary>
    private static bool IsRequest(Type type) =>
        type.Name.EndsWith("Request", StringComparison.Ordinal) || type.Name.EndsWith("Line", StringComparison.Ordinal) || type == typeof(PlacementSettings);

    /// <summary>What a run measured is stored as JSON, and a run of an earlier version may lack what is null in later ones.</summary>
    private static bool IsStored(Type type) => type.Name.EndsWith("Metrics", StringComparison.Ordinal);

    private static void DescribeAnswer(OpenApiSchema schema, SchemaFilterContext context)
    {
        foreach (var (name, member) in MembersOf(schema, context))
        {
            schema.AdditionalPropertiesAllowed = true;
            if (member.IsDefined(typeof(JsonIgnoreAttribute)))
                continue;
            if (!IsStored(context.Type) || schema.Properties![name] is { Type: { } type } && !type.HasFlag(JsonSchemaType.Null))
                (schema.Required ??= new SortedSet<string>(StringComparer.Ordinal)).Add(name);
        }
    }

    /// <summary>A member whose type says too little: JSON that is passed on, and a reference that may be null.</summary>
    private static OpenApiSchema Shaped(OpenApiSchema schema, PropertyInfo member, SchemaFilterContext context)
    {
        if (member.GetCustomAttribute<ShapeAttribute>() is { } shape)
        {
            var shaped = context.SchemaGenerator.GenerateSchema(shape.Type, context.SchemaRepository);
            schema = shaped is OpenApiSchema { Type: not null } plain
                ? new OpenApiSchema { Description = schema.Description, Type = plain.Type | JsonSchemaType.Null, AdditionalProperties = plain.AdditionalProperties }
                : new OpenApiSchema { Description = schema.Description, Type = JsonSchemaType.Null, AllOf = [shaped] };
        }

        if (schema.AllOf is { Count: > 0 } && schema.Type is JsonSchemaType.Null)
            schema.Type = JsonSchemaType.Object | JsonSchemaType.Null;
        return schema;
    }

    private static IEnumerable<(string Name, PropertyInfo Member)> MembersOf(OpenApiSchema schema, SchemaFilterContext context) =>
        from member in context.MemberInfo is null && schema.Properties is { Count: > 0 } ? context.Type.GetProperties() : []
        let name = JsonNamingPolicy.CamelCase.ConvertName(member.Name)
        where schema.Properties!.ContainsKey(name)
        select (name, member);

    private static void DescribeProblem(OpenApiSchema schema)
    {
        schema.Description = "What went wrong (RFC 9457).";
        schema.AdditionalPropertiesAllowed = true;
        schema.Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["type"] = TextOf("What kind of problem it is, as an address.", isNullable: true),
            ["title"] = TextOf("The problem in few words."),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Description = "The HTTP status." },
            ["detail"] = TextOf("What is wrong here and what to do.", isNullable: true),
            ["instance"] = TextOf("Where it happened.", isNullable: true),
            ["traceId"] = TextOf("Names the request in the service's log.", isNullable: true),
            ["outcome"] = TextOf("Of a write that the store did not answer: `none` when nothing was stored, `unknown` when it may have been.", isNullable: true),
            ["ids"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Description = "With outcome `unknown`: the ids under which the same interactions can be sent again without harm.",
                Items = new OpenApiSchema { Type = JsonSchemaType.String },
            },
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "The reasons by field, as `[3].userId`; `body` stands for the body as a whole.",
                AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
            },
        };
        schema.Required = new SortedSet<string>(StringComparer.Ordinal) { "title", "status" };
    }

    private static OpenApiSchema TextOf(string description, bool isNullable = false) =>
        new() { Type = isNullable ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String, Description = description };
}
