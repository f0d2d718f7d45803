using System.Text.Json;
using RecoService.Api.Importing.Dumps;
using RecoService.Api.Settings;
using RecoService.Api.Wire;
using RecoService.Engine.Data;
using RecoService.Storage;

namespace RecoService.Api.Gorse;

/// <summary>
/// Feedback as an interaction, and back. Gorse has one feedback for each type, user and item; the interaction's id is made of the three, so that it stays one here. The
/// type, labels and comment are kept in the interaction's attributes.
/// </summary>
internal sealed class GorseFeedbackTypes
{
    private const string TypeName = "feedbackType";
    private const string LabelsName = "labels";
    private const string CommentName = "comment";

    private readonly Dictionary<string, string> named;
    private readonly InteractionKinds kinds;

    public GorseFeedbackTypes(CompatibilitySettings settings, InteractionKinds kinds)
    {
        named = settings.KindsByType();
        this.kinds = kinds;
    }

    /// <summary>The kind of a type: of the settings, of its own name, the usual one, or a view.</summary>
    public string KindOf(string type) => named.GetValueOrDefault(type) ?? DumpRecords.KindOf(type, kinds);

    /// <summary>The same for every process, so that it is never stored twice. Ids hold no control characters, so no three others are joined to the same text.</summary>
    public static string IdOf(string type, string userId, string itemId) => DumpRecords.IdOf("gorse", type, userId, itemId);

    /// <summary>Null when there was a fault, which is added.</summary>
    public InteractionRequest? ToInteraction(GorseFeedbackRequest feedback, string fieldPrefix, ICollection<FieldProblem> problems)
    {
        var fields = new FieldScope(fieldPrefix, problems);
        if (string.IsNullOrEmpty(feedback.FeedbackType) || WireText.Problem(feedback.FeedbackType, 256) is not null)
        {
            fields.Add("FeedbackType", "must be a text of 1 to 256 characters without control characters");
            return null;
        }

        var kind = KindOf(feedback.FeedbackType);
        return new InteractionRequest
        {
            Id = kind == InteractionKind.Rating ? null : IdOf(feedback.FeedbackType, feedback.UserId ?? "", feedback.ItemId ?? ""),
            UserId = feedback.UserId,
            ItemId = feedback.ItemId,
            Kind = kind,
            Value = feedback.Value,
            OccurredAt = GorseWire.TimeOf(fields, feedback.Timestamp),
            Attributes = AttributesOf(feedback),
        };
    }

    public static GorseFeedback ToFeedback(StoredInteraction stored)
    {
        var attributes = stored.AttributesJson is { } json ? JsonElement.Parse(json) : default;
        return new GorseFeedback(
            TypeOf(stored), stored.UserId, stored.ItemId, stored.Value ?? 0, stored.OccurredAt.UtcDateTime, stored.ReceivedAt.UtcDateTime,
            MemberOf(attributes, LabelsName), MemberOf(attributes, CommentName)?.ToString() ?? "");
    }

    /// <summary>As it was written; the kind of what came another way.</summary>
    public static string TypeOf(StoredInteraction stored) =>
        stored.AttributesJson is { } json && MemberOf(JsonElement.Parse(json), TypeName) is { ValueKind: JsonValueKind.String } type ? type.GetString()! : stored.Kind;

    private static JsonElement AttributesOf(GorseFeedbackRequest feedback)
    {
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal) { [TypeName] = feedback.FeedbackType };
        if (feedback.Labels is { ValueKind: not JsonValueKind.Null } labels)
            attributes[LabelsName] = labels;
        if (!string.IsNullOrEmpty(feedback.Comment))
            attributes[CommentName] = feedback.Comment;
        return JsonSerializer.SerializeToElement(attributes);
    }

    private static JsonElement? MemberOf(JsonElement attributes, string name) =>
        attributes.ValueKind == JsonValueKind.Object && attributes.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
