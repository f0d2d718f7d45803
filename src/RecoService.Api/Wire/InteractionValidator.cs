using RecoService.Engine.Data;
using RecoService.Storage;

namespace RecoService.Api.Wire;

/// <summary>Turns interactions from the wire into what the store takes, or names every fault of them. Thread-safe.</summary>
internal sealed class InteractionValidator(InteractionKinds kinds, WireLimits limits, TimeProvider time)
{
    private readonly string knownKinds = string.Join(", ", Enumerable.Range(0, kinds.Count).Select(index => kinds[index].Name));

    /// <param name="request">Null where the array held a null.</param>
    /// <param name="fieldPrefix">Where the interaction stands, <c>[3]</c>; empty for a single one.</param>
    /// <param name="problems">Takes every fault found.</param>
    /// <returns>Null when there was a fault.</returns>
    public NewInteraction? Validate(InteractionRequest? request, string fieldPrefix, ICollection<FieldProblem> problems)
    {
        var fields = new FieldScope(fieldPrefix, problems);
        if (request is null)
        {
            fields.Add("", "is null; an interaction is an object");
            return null;
        }

        fields.CheckId("userId", request.UserId, limits);
        fields.CheckId("itemId", request.ItemId, limits);
        fields.CheckOptionalId("id", request.Id, limits);
        fields.CheckOptionalId("sessionId", request.SessionId, limits);
        fields.CheckOptionalId("orderId", request.OrderId, limits);
        var kindIndex = CheckKindAndValue(fields, request.Kind, request.Value);
        fields.CheckTime("occurredAt", request.OccurredAt, limits, time);
        if (request.Quantity is { } quantity && !(quantity > 0 && quantity <= limits.Magnitude))
            fields.Add("quantity", $"must be above 0 and at most {limits.Magnitude:0}");
        fields.CheckPrice("unitPrice", request.UnitPrice, limits);
        var attributes = AttributesJson.Read(fields, request.Attributes, limits);
        if (fields.FoundAny)
            return null;

        return new NewInteraction
        {
            Id = request.Id,
            UserId = request.UserId!,
            ItemId = request.ItemId!,
            KindIndex = kindIndex!.Value,
            Value = request.Value,
            OccurredAt = request.OccurredAt?.ToUniversalTime(),
            SessionId = request.SessionId,
            OrderId = request.OrderId,
            Quantity = request.Quantity,
            UnitPrice = limits.RoundPrice(request.UnitPrice),
            RecommendationId = request.RecommendationId,
            AttributesJson = attributes,
        };
    }

    /// <summary>The interaction that a path names the id of; the body may repeat it.</summary>
    public NewInteraction? ValidateUnderId(string id, InteractionRequest request, ICollection<FieldProblem> problems)
    {
        var fields = new FieldScope("", problems);
        if (request.Id is not null && request.Id != id)
            fields.Add("id", $"is {WireText.Quote(request.Id)} and the path says {WireText.Quote(id)}; leave it out, or send the same");
        if (request.Kind == InteractionKind.Rating)
            fields.Add("kind", "is rating, and a rating has no id; use PUT /users/{userId}/ratings/{itemId}");
        return Validate(request with { Id = id }, fieldPrefix: "", problems) is { } interaction && !fields.FoundAny ? interaction : null;
    }

    /// <summary>The rating that a path names the user and the item of.</summary>
    public NewInteraction? ValidateRating(string userId, string itemId, RatingRequest request, ICollection<FieldProblem> problems) =>
        Validate(
            new InteractionRequest
            {
                UserId = userId,
                ItemId = itemId,
                Kind = InteractionKind.Rating,
                Value = request.Value,
                OccurredAt = request.OccurredAt,
            },
            fieldPrefix: "",
            problems);

    /// <summary>The index of the kind, or null when there is none of that name.</summary>
    public byte? CheckKindAndValue(FieldScope fields, string? kind, double? value)
    {
        var kindIndex = CheckKind(fields, kind);
        CheckValue(fields, kindIndex, value);
        return kindIndex;
    }

    private byte? CheckKind(FieldScope fields, string? kind)
    {
        if (kind is null)
            fields.Add("kind", $"is missing; known kinds: {knownKinds}");
        else if (kinds.TryGetIndex(kind, out var index))
            return index;
        else
            fields.Add("kind", $"{WireText.Quote(kind)} is unknown; known kinds: {knownKinds}");
        return null;
    }

    private void CheckValue(FieldScope fields, byte? kindIndex, double? value)
    {
        if (kindIndex == kinds.RatingIndex)
        {
            if (value is null)
                fields.Add("value", $"is missing; a rating is {kinds.RatingMin} to {kinds.RatingMax}");
            else if (!(value >= kinds.RatingMin && value <= kinds.RatingMax))
                fields.Add("value", $"is off the rating scale of {kinds.RatingMin} to {kinds.RatingMax}");
        }
        else if (value is { } number && !(Math.Abs(number) <= limits.Magnitude))
        {
            fields.Add("value", $"must be a number between -{limits.Magnitude:0} and {limits.Magnitude:0}");
        }
    }
}
