using Microsoft.OpenApi;
using RecoService.Api.Importing;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace RecoService.Api.OpenApi;

/// <summary>Describes the options of an import, which the endpoint reads from the query itself.</summary>
internal sealed class ImportParameters : IOperationFilter
{
    private static readonly Dictionary<string, string> Descriptions = new(StringComparer.Ordinal)
    {
        ["format"] = "csv or ndjson; otherwise as the Content-Type says.",
        ["delimiter"] = "CSV: one character, or comma, tab, semicolon, pipe. Default comma.",
        ["noHeader"] = "CSV: the first line is a row; map then takes column numbers from 1.",
        ["noQuotes"] = "CSV: quotes are ordinary characters.",
        ["map"] = "CSV: field=column, as userId=CustomerID. Repeatable.",
        ["set"] = "CSV: field=constant, as kind=purchase. Repeatable.",
        ["key"] = "CSV: columns that together make an interaction's id, as InvoiceNo,StockCode.",
        ["dropWhen"] = "CSV: leave such rows out: Column:empty, Column:prefix=text, Column<=0. Repeatable.",
        ["timeZone"] = "CSV: zone of times that name none, as Europe/Berlin. Default UTC.",
        ["timeFormat"] = "CSV: .NET format of times, as dd.MM.yyyy HH:mm. Default ISO 8601 or Unix time.",
        ["encoding"] = "utf-8 or latin-1. Default utf-8.",
        ["skipInvalid"] = "Import the good lines although there are bad ones. Default false.",
        ["onConflict"] = "A row whose id belongs to other content: fail (a fault), skip (the row is left out) or replace (its content takes the other's place). Default fail.",
        ["mergeRows"] = "Users and items: the rows of one id become one; the first value of each field that is not empty wins. Default false.",
        ["replace"] = "Users and items: a row is the whole record, and what it does not give is cleared. Default false: it stays as it is.",
    };

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        if (operation.OperationId?.StartsWith("Import", StringComparison.Ordinal) != true)
            return;
        operation.Parameters ??= [];
        foreach (var name in ImportEndpoints.Options)
            operation.Parameters.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Query, Description = Descriptions[name], Schema = SchemaOf(name) });
    }

    private static OpenApiSchema SchemaOf(string name) => name switch
    {
        "noHeader" or "noQuotes" or "skipInvalid" or "mergeRows" or "replace" => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        _ when ImportEndpoints.RepeatableOptions.Contains(name) => new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
        _ => new OpenApiSchema { Type = JsonSchemaType.String },
    };
}
