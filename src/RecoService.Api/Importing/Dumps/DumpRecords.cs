using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RecoService.Api.Importing.Guessing;
using RecoService.Api.Importing.Mapping;
using RecoService.Api.Importing.Values;
using RecoService.Api.Wire;
using RecoService.Engine.Data;
using RecoService.Storage;

namespace RecoService.Api.Importing.Dumps;

/// <summary>What the records of several services have in common: members by names, times in any form, items of named properties.</summary>
internal static class DumpRecords
{
    private static readonly TimeReader Times = new(new TimeRules(TimeZoneInfo.Utc, Format: null, Unit: null, Origin: default, Decimal: default));

    /// <summary>The first member of these names that is there; undefined where none is, or the record is no object.</summary>
    public static JsonElement Member(this JsonElement record, params ReadOnlySpan<string> names)
    {
        if (record.ValueKind != JsonValueKind.Object)
            return default;
        foreach (var name in names)
        {
            if (record.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
                return value;
        }

        return default;
    }

    /// <summary>A text, or a number as it stands; null of anything else.</summary>
    public static string? AsText(this JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    /// <summary>A number, or a text that is one; null where there is none.</summary>
    public static double? AsNumber(this JsonElement value, FieldScope fields, string name)
    {
        if (value.ValueKind == JsonValueKind.Undefined)
            return null;
        if (double.TryParse(value.AsText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return number;
        fields.Add(name, "is no number");
        return null;
    }

    /// <summary>A time as text, or in Unix seconds, milliseconds, microseconds or nanoseconds by its size.</summary>
    public static DateTimeOffset? AsTime(this JsonElement value, FieldScope fields, string name)
    {
        if (value.ValueKind == JsonValueKind.Undefined)
            return null;
        if (Times.TryRead(new RawValue(ValueKind.Text, Encoding.UTF8.GetBytes(value.AsText() ?? "")), out var moment, out var reason))
            return moment;
        fields.Add(name, $"{WireText.Quote(value.ToString())} {reason}");
        return null;
    }

    /// <summary>An id that is the same for the same event, so that a dump may be imported again.</summary>
    public static string IdOf(string service, params ReadOnlySpan<string?> parts)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts!)));
        return $"{service}-{System.Buffers.Text.Base64Url.EncodeToString(hash.AsSpan(0, 18))}";
    }

    /// <summary>The kind that a service's name for an event stands for: of the same name, the usual one, or a view.</summary>
    public static string KindOf(string type, InteractionKinds kinds) =>
        kinds.TryGetIndex(type, out _) ? type
        : Synonyms.Kinds.TryGetValue(Synonyms.Normalize(type), out var usual) && kinds.TryGetIndex(usual, out _) ? usual
        : kinds.TryGetIndex("view", out _) ? "view" : kinds[0].Name;

    /// <summary>An item of properties: those with a usual name are fields, the others are attributes.</summary>
    public static RowOutcome ItemOf(string? itemId, IEnumerable<(string Name, JsonElement Value)> properties, WireValidators validators, ICollection<FieldProblem> problems, out ImportedItem row)
    {
        var fields = new FieldScope("", problems);
        fields.CheckId("itemId", itemId, validators.Limits);
        var (request, given, attributes) = (new ItemRequest(), ItemFields.None, new Dictionary<string, JsonElement>(StringComparer.Ordinal));
        foreach (var (name, value) in properties)
        {
            if (value.ValueKind == JsonValueKind.Null)
                continue;
            var (changed, field) = With(request, Synonyms.Normalize(name), value);
            if (field == ItemFields.None || (given & field) != ItemFields.None)
                attributes[name] = value;
            else
                (request, given) = (changed, given | field);
        }

        if (attributes.Count > 0)
            (request, given) = (request with { Attributes = JsonSerializer.SerializeToElement(attributes) }, given | ItemFields.Attributes);
        row = validators.Items.Validate(request, fieldPrefix: "", problems) is { } record && problems.Count == 0 ? new ImportedItem(itemId!, record, given, given) : null!;
        return RowOutcome.Valid;
    }

    /// <summary>A user of attributes.</summary>
    public static RowOutcome UserOf(string? userId, IEnumerable<(string Name, JsonElement Value)> properties, WireValidators validators, ICollection<FieldProblem> problems, out ImportedUser row)
    {
        new FieldScope("", problems).CheckId("userId", userId, validators.Limits);
        var attributes = properties.Where(property => property.Value.ValueKind != JsonValueKind.Null).GroupBy(property => property.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
        validators.Users.TryValidate(new UserRequest { Attributes = attributes.Count == 0 ? null : JsonSerializer.SerializeToElement(attributes) }, fieldPrefix: "", problems, out var json);
        row = new ImportedUser(userId!, json, attributes.Count > 0);
        return RowOutcome.Valid;
    }

    /// <summary>The field that a property is; none where it is an attribute, or no such value.</summary>
    private static (ItemRequest Request, ItemFields Field) With(ItemRequest request, string name, JsonElement value) => value switch
    {
        { ValueKind: JsonValueKind.String } when Synonyms.Title.Contains(name) => (request with { Title = value.GetString() }, ItemFields.Title),
        { ValueKind: JsonValueKind.String } when Synonyms.Description.Contains(name) => (request with { Description = value.GetString() }, ItemFields.Description),
        { ValueKind: JsonValueKind.String } when Synonyms.Categories.Contains(name) => (request with { Categories = [value.GetString()] }, ItemFields.Categories),
        { ValueKind: JsonValueKind.Array } when Synonyms.Categories.Contains(name) && value.EnumerateArray().All(entry => entry.ValueKind == JsonValueKind.String)
            => (request with { Categories = [.. value.EnumerateArray().Select(entry => entry.GetString())] }, ItemFields.Categories),
        { ValueKind: JsonValueKind.Number } when Synonyms.SalePrice.Contains(name) && value.TryGetDecimal(out var price) => (request with { SalePrice = price }, ItemFields.SalePrice),
        { ValueKind: JsonValueKind.Number } when Synonyms.Price.Contains(name) && value.TryGetDecimal(out var price) => (request with { Price = price }, ItemFields.Price),
        { ValueKind: JsonValueKind.String } when Synonyms.Currency.Contains(name) && Currencies.CodeOf(value.GetString()!) is { } code => (request with { Currency = code }, ItemFields.Currency),
        { ValueKind: JsonValueKind.True or JsonValueKind.False } when Synonyms.Available.Contains(name) => (request with { Available = value.GetBoolean() }, ItemFields.Available),
        { ValueKind: JsonValueKind.String } when Synonyms.Image.Contains(name) && Uri.IsWellFormedUriString(value.GetString(), UriKind.Absolute) => (request with { ImageUrl = value.GetString() }, ItemFields.ImageUrl),
        _ => (request, ItemFields.None),
    };
}
