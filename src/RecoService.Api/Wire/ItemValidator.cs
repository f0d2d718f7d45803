using System.Text.Json;
using RecoService.Storage;

namespace RecoService.Api.Wire;

/// <summary>Turns items from the wire into catalogue records, or names every fault of them. Thread-safe.</summary>
internal sealed class ItemValidator(WireLimits limits, TimeProvider time)
{
    private readonly WireLimits addedLimits = limits with { EarliestTime = limits.EarliestAddedAt };

    /// <returns>Null when there was a fault.</returns>
    public ItemRecord? Validate(ItemRequest request, string fieldPrefix, ICollection<FieldProblem> problems)
    {
        var fields = new FieldScope(fieldPrefix, problems);
        fields.CheckText("title", request.Title, limits.TitleLength);
        fields.CheckText("description", request.Description, limits.DescriptionLength, multiline: true);
        CheckCategories(fields, request.Categories);
        fields.CheckPrice("price", request.Price, limits);
        fields.CheckPrice("salePrice", request.SalePrice, limits);
        if (request.Currency is { } currency && !(currency.Length == 3 && currency.All(char.IsAsciiLetterUpper)))
            fields.Add("currency", $"{WireText.Quote(currency)} is no ISO 4217 code of three capital letters, such as EUR");
        fields.CheckTime("addedAt", request.AddedAt, addedLimits, time);
        fields.CheckOptionalId("groupId", request.GroupId, limits);
        CheckImageUrl(fields, request.ImageUrl);
        if (request.ConsumesForDays is { } days && !(days >= 0 && days <= limits.ConsumesForDays))
            fields.Add("consumesForDays", $"must be 0 to {limits.ConsumesForDays:0} days; left out, the kind of the interaction decides");
        var attributes = AttributesJson.Read(fields, request.Attributes, limits);
        if (fields.FoundAny)
            return null;

        return new ItemRecord
        {
            Title = request.Title,
            Description = request.Description,
            Categories = request.Categories is null ? [] : [.. request.Categories.Distinct().Select(category => category!)],
            Price = limits.RoundPrice(request.Price),
            SalePrice = limits.RoundPrice(request.SalePrice),
            Currency = request.Currency,
            Available = request.Available ?? true,
            Hidden = request.Hidden ?? false,
            AddedAt = request.AddedAt?.ToUniversalTime(),
            GroupId = request.GroupId,
            ImageUrl = request.ImageUrl,
            ConsumesForDays = request.ConsumesForDays,
            AttributesJson = attributes,
        };
    }

    /// <summary>Reads a JSON merge patch (RFC 7396) of an item: members given replace, null clears, attributes merge.</summary>
    /// <returns>Null when there was a fault; else the change, which throws <see cref="InvalidRequestException"/> when the merged attributes outgrow their limits.</returns>
    public Func<ItemRecord, ItemRecord>? ValidatePatch(JsonElement patch, ICollection<FieldProblem> problems)
    {
        if (WireJson.Convert<ItemRequest>(patch, problems) is not { } request
            || Validate(request, fieldPrefix: "", problems) is not { } given)
        {
            return null;
        }

        string[] names = [.. patch.EnumerateObject().Select(member => member.Name)];
        return record => names.Aggregate(record, (changed, name) => name switch
        {
            "title" => changed with { Title = given.Title },
            "description" => changed with { Description = given.Description },
            "categories" => changed with { Categories = given.Categories },
            "price" => changed with { Price = given.Price },
            "salePrice" => changed with { SalePrice = given.SalePrice },
            "currency" => changed with { Currency = given.Currency },
            "available" => changed with { Available = given.Available },
            "hidden" => changed with { Hidden = given.Hidden },
            "addedAt" => changed with { AddedAt = given.AddedAt },
            "groupId" => changed with { GroupId = given.GroupId },
            "imageUrl" => changed with { ImageUrl = given.ImageUrl },
            "consumesForDays" => changed with { ConsumesForDays = given.ConsumesForDays },
            "attributes" => changed with { AttributesJson = AttributesJson.Merge(changed.AttributesJson, given.AttributesJson, limits) },
            _ => throw new InvalidOperationException($"The item field '{name}' is known to the wire but not to the patch."),
        });
    }

    private void CheckCategories(FieldScope fields, IReadOnlyList<string?>? categories)
    {
        if (categories is null)
            return;
        if (categories.Count > limits.CategoryCount)
            fields.Add("categories", $"has {categories.Count} entries; at most {limits.CategoryCount} are allowed");
        for (var position = 0; position < categories.Count && position < limits.CategoryCount; position++)
        {
            if (categories[position] is { } category)
                fields.CheckText($"categories[{position}]", category, limits.CategoryLength);
            else
                fields.Add($"categories[{position}]", "is null; a category is a string");
        }
    }

    private void CheckImageUrl(FieldScope fields, string? address)
    {
        if (address is null)
            return;
        if (WireText.Problem(address, limits.ImageUrlLength) is { } reason)
            fields.Add("imageUrl", reason);
        else if (!address.StartsWith("http", StringComparison.OrdinalIgnoreCase) || address.Contains(' ')
            || !Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            fields.Add("imageUrl", "is no absolute http or https address");
    }
}

/// <summary>Turns users from the wire into what the store takes. Thread-safe.</summary>
internal sealed class UserValidator(WireLimits limits)
{
    /// <param name="request">The user as sent.</param>
    /// <param name="fieldPrefix">Where the user stands in the request; empty for a single one.</param>
    /// <param name="problems">Takes every fault found.</param>
    /// <param name="attributesJson">The attributes as compact JSON; null when none were given.</param>
    public bool TryValidate(UserRequest request, string fieldPrefix, ICollection<FieldProblem> problems, out string? attributesJson)
    {
        var fields = new FieldScope(fieldPrefix, problems);
        attributesJson = AttributesJson.Read(fields, request.Attributes, limits);
        return !fields.FoundAny;
    }

    /// <summary>Reads a JSON merge patch (RFC 7396) of a user, as <see cref="ItemValidator.ValidatePatch"/> does of an item.</summary>
    public Func<string?, string?>? ValidatePatch(JsonElement patch, ICollection<FieldProblem> problems)
    {
        if (WireJson.Convert<UserRequest>(patch, problems) is not { } request
            || !TryValidate(request, fieldPrefix: "", problems, out var given))
        {
            return null;
        }

        if (!patch.TryGetProperty("attributes", out _))
            return attributes => attributes;
        return attributes => AttributesJson.Merge(attributes, given, limits);
    }
}
