using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using RecoService.Api.Access;
using RecoService.Api.Experiments;
using RecoService.Api.Http;
using RecoService.Api.Recommendations;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending.Filtering.Expressions;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace RecoService.Api.OpenApi;

/// <summary>Says which members a request needs and the bounds of each, as this service is configured.</summary>
internal sealed class RequestBounds(WireLimits wire, LimitSettings limits) : ISchemaFilter
{
    private const string CurrencyPattern = "^[A-Z]{3}$";

    /// <summary>By the name of the request type; an interaction's and an item's id as members of lines are needed too.</summary>
    private static readonly Dictionary<string, string[]> Required = new(StringComparer.Ordinal)
    {
        [nameof(InteractionRequest)] = ["userId", "itemId", "kind"],
        [nameof(SessionInteractionRequest)] = ["itemId", "kind"],
        [nameof(SessionRequest)] = ["interactions"],
        [nameof(BatchRequest)] = ["userIds"],
        [nameof(PageRequest)] = ["lists"],
        [nameof(BasketRequest)] = ["itemIds"],
        [nameof(RankRequest)] = ["itemIds"],
        [nameof(PredictRequest)] = ["itemIds"],
        [nameof(PageListRequest)] = ["placement"],
        [nameof(RatingRequest)] = ["value"],
        [nameof(RuleRequest)] = ["items", "action"],
        [nameof(RuleLimitRequest)] = ["by", "most"],
        [nameof(MergeRequest)] = ["from"],
        [nameof(ExperimentRequest)] = ["variants"],
        [nameof(ExperimentVariantRequest)] = ["name", "share"],
        [nameof(ExperimentDecisionRequest)] = ["variant"],
        [nameof(LogLevelRequest)] = ["minimumLevel"],
        [nameof(CreateKeyRequest)] = ["name", "role"],
    };

    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is not OpenApiSchema request || context.MemberInfo is not null || request.Properties is not { Count: > 0 } || !context.Type.Name.EndsWith("Request", StringComparison.Ordinal))
            return;
        foreach (var (name, member) in request.Properties)
        {
            if (member is OpenApiSchema concrete)
                Bound(name, concrete);
        }

        foreach (var name in Required.TryGetValue(context.Type.Name, out var required) ? required : [])
        {
            (request.Required ??= new SortedSet<string>(StringComparer.Ordinal)).Add(name);
            if (request.Properties.TryGetValue(name, out var member) && member is OpenApiSchema { Type: { } type } needed)
                needed.Type = type & ~JsonSchemaType.Null;
        }
    }

    private void Bound(string name, OpenApiSchema member)
    {
        switch (name)
        {
            case "id" or "userId" or "from" or "itemId" or "sessionId" or "orderId" or "groupId":
                (member.MinLength, member.MaxLength) = (1, wire.IdLength);
                break;
            case "title":
                (member.MinLength, member.MaxLength) = (1, wire.TitleLength);
                break;
            case "description":
                (member.MinLength, member.MaxLength) = (1, wire.DescriptionLength);
                break;
            case "imageUrl":
                (member.MinLength, member.MaxLength) = (1, wire.ImageUrlLength);
                break;
            case "currency":
                member.Pattern = CurrencyPattern;
                break;
            case "categories":
                member.MaxItems = wire.CategoryCount;
                member.Items = TextOf(wire.CategoryLength);
                break;
            case "price" or "salePrice" or "unitPrice":
                (member.Minimum, member.Maximum) = ("0", wire.Price.ToString(CultureInfo.InvariantCulture));
                break;
            case "quantity":
                (member.ExclusiveMinimum, member.Maximum) = ("0", NumberOf(wire.Magnitude));
                break;
            case "value":
                (member.Minimum, member.Maximum) = (NumberOf(-wire.Magnitude), NumberOf(wire.Magnitude));
                break;
            // Of a rule it is an object.
            case "limit" when member.Type?.HasFlag(JsonSchemaType.Integer) == true:
                (member.Minimum, member.Maximum) = ("1", NumberOf(Requests.MaxListLimit));
                break;
            case "fallback":
                member.Enum = [.. PlacementSettings.Fallbacks.Keys.Select(name => (JsonNode)name)];
                break;
            case "filter":
                (member.MinLength, member.MaxLength) = (1, FilterLimits.Default.Length);
                break;
            case "boost":
                (member.Minimum, member.Maximum) = ("1", NumberOf(RuleReader.MostFactor));
                break;
            case "bury":
                (member.Minimum, member.Maximum) = ("0.01", "1");
                break;
            case "pin" or "most":
                (member.Minimum, member.Maximum) = ("1", NumberOf(RuleReader.MostPosition));
                break;
            case "when" or "items" when member.Type?.HasFlag(JsonSchemaType.String) == true:
                (member.MinLength, member.MaxLength) = (1, FilterLimits.Default.Length);
                break;
            case "traffic":
                (member.ExclusiveMinimum, member.Maximum) = ("0", "1");
                break;
            case "share":
                (member.ExclusiveMinimum, member.Maximum) = ("0", NumberOf(ExperimentChecks.MostShare));
                break;
            case "metric":
                member.Enum = [.. ExperimentChecks.Metrics.Select(metric => (JsonNode)metric)];
                break;
            case "eligibility":
                (member.MinLength, member.MaxLength) = (1, FilterLimits.Default.Length);
                break;
            case "variants":
                (member.MinItems, member.MaxItems) = (2, ExperimentChecks.MostVariants);
                break;
            case "cursor":
                (member.MinLength, member.MaxLength) = (1, ListCursor.MostCharacters);
                break;
            // Of a rule it is a flag.
            case "exclude" or "itemIds" when member.Type?.HasFlag(JsonSchemaType.Array) == true:
                (member.MinItems, member.MaxItems) = (name == "itemIds" ? 1 : null, PlacementRequests.MaxItems);
                member.Items = TextOf(wire.IdLength);
                break;
            case "include":
                member.MaxItems = IncludedFields.Most;
                break;
            case "lists":
                (member.MinItems, member.MaxItems) = (1, PlacementRequests.MaxLists);
                break;
            case "interactions":
                (member.MinItems, member.MaxItems) = (1, limits.MaxInteractionsPerRequest);
                break;
            case "userIds":
                (member.MinItems, member.MaxItems) = (1, limits.MaxUsersPerBatch);
                member.Items = TextOf(wire.IdLength);
                break;
        }
    }

    private static OpenApiSchema TextOf(int maxLength) => new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = maxLength };

    private static string NumberOf(double value) => value.ToString("0", CultureInfo.InvariantCulture);
}
