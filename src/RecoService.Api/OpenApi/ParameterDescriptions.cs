using System.Globalization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;
using RecoService.Api.Http;
using RecoService.Api.Settings;
using RecoService.Api.Wire;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace RecoService.Api.OpenApi;

/// <summary>Says what the parameters that several operations share mean, and the bounds of ids, limits and arrays.</summary>
internal sealed class ParameterDescriptions(WireLimits wire, LimitSettings limits) : IOperationFilter
{
    private static readonly Dictionary<string, string> Descriptions = new(StringComparer.Ordinal)
    {
        ["userId"] = "The user's id in your shop.",
        ["itemId"] = "The item's id in your shop.",
        ["id"] = "The interaction's id, as sent or as answered.",
        ["orderId"] = "The order's id in your shop.",
        ["erasureId"] = "The erasure, as `DELETE /users/{userId}` answers it.",
        ["section"] = "log or schedule.",
        ["keyName"] = "The name of the key.",
        ["runId"] = "The model run.",
        ["version"] = "The model version.",
        ["ruleId"] = "The rule's id in your shop.",
        ["from"] = "The first day, as 2026-01-31, UTC; 29 days before the last one when left out.",
        ["to"] = "The last day; today when left out.",
        ["by"] = "What the rows are split by, as placement,variant: any of day, placement, source, modelVersion, variant and position.",
        ["source"] = "Only what this source proposed.",
        ["variant"] = "Only lists of this variant, as experiment/variant.",
        ["modelVersion"] = "Only lists of this model version.",
        ["experimentId"] = "The experiment's id.",
        ["lift"] = "The smallest lift worth seeing: 0.05 is 5%.",
        ["revision"] = "The last revision of the rule; 0 where there is none yet. The rule is changed whatever it is when left out.",
        ["limit"] = "The most entries of the answer.",
        ["cursor"] = "`next` of the page before; left out for the first page.",
        ["filter"] = "What items have to be, as `price < 50 and brand = \"Oak\"`; docs/filters.md has the language.",
        ["category"] = "Only items of this category, or one below it.",
        ["placement"] = "Where the list is shown, as popular, trending, new-arrivals or similar; docs/placements.md has them all.",
        ["sameCategory"] = "Only items of a category of this item.",
        ["minPrice"] = "The least price.",
        ["maxPrice"] = "The highest price.",
        ["exclude"] = "An item that is not wanted, as one that the page shows already; may be given several times.",
        ["include"] = "Fields of the items that stand beside their ids as `item`, separated by commas: title, imageUrl, price, salePrice, currency, categories, addedAt, groupId, and attributes.NAME; up to 20.",
        ["explain"] = "Whether each item says why it is in the list, in the language of `Accept-Language`; false when left out.",
        ["allowConsumed"] = "Whether the list may hold what the user has consumed; false when left out.",
        ["includeContext"] = "Whether the items of the request may be in the answer.",
        ["query"] = "What an id or a title holds, in any case of its letters; 1 to 256 characters.",
        ["itemIds"] = "An item that the list is about, as one of a basket; may be given several times.",
        ["recommender"] = "A model that makes lists, by its name, in the place of the placement's own.",
        ["seed"] = "What a placement with variety draws by; 0 when left out.",
        ["partial"] = "Whether good rows are stored although there are bad ones; each bad row is named.",
    };

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            if (string.IsNullOrEmpty(parameter.Description) && Descriptions.TryGetValue(parameter.Name!, out var description))
                parameter.Description = description;
            if (parameter is { Name: "limit", Schema: OpenApiSchema length })
                (length.Minimum, length.Maximum) = ("1", LimitOf(context).ToString(CultureInfo.InvariantCulture));
            // What binds arrays calls them required; none in the query is an empty one.
            if (parameter is { In: ParameterLocation.Query, Schema.Type: JsonSchemaType.Array })
                parameter.Required = false;
            if (parameter is { In: ParameterLocation.Path, Schema: OpenApiSchema { Type: JsonSchemaType.String } schema })
                (schema.MinLength, schema.MaxLength) = (1, wire.IdLength);
        }

        if (operation.RequestBody is OpenApiRequestBody body && context.ApiDescription.ActionDescriptor.EndpointMetadata.OfType<IAcceptsMetadata>().LastOrDefault()?.RequestType?.IsArray == true)
        {
            foreach (var schema in body.Content?.Values.Select(content => content.Schema).OfType<OpenApiSchema>() ?? [])
                (schema.MinItems, schema.MaxItems) = (1, limits.MaxInteractionsPerRequest);
        }
    }

    /// <summary>A page may be longer than a list that is shown to somebody.</summary>
    private static int LimitOf(OperationFilterContext context) =>
        context.ApiDescription.ParameterDescriptions.Any(parameter => parameter.Name == "cursor") && !context.ApiDescription.ParameterDescriptions.Any(parameter => parameter.Name == "filter") ? PageResponse.MaxLimit : Requests.MaxListLimit;
}
