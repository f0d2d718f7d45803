using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Gorse;

/// <summary>Items of Gorse as items of the shop.</summary>
internal static class GorseItems
{
    /// <summary>A comment is the title, which models read; one that is too long for a title, or has lines, is the description.</summary>
    /// <returns>Null when there was a fault, which is added.</returns>
    public static ItemRecord? Validate(GorseItemRequest item, WireValidators validators, string prefix, ICollection<FieldProblem> problems)
    {
        var isTitle = string.IsNullOrEmpty(item.Comment) || WireText.Problem(item.Comment, validators.Limits.TitleLength) is null;
        var comment = string.IsNullOrEmpty(item.Comment) ? null : item.Comment;
        return validators.Items.Validate(
            new ItemRequest
            {
                Title = isTitle ? comment : null,
                Description = isTitle ? null : comment,
                Categories = item.Categories,
                Hidden = item.IsHidden,
                AddedAt = GorseWire.TimeOf(new FieldScope(prefix, problems), item.Timestamp),
                Attributes = GorseLabels.ToAttributes(item.Labels),
            },
            prefix, problems);
    }
}
