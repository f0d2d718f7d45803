using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Expressions;

namespace RecoService.Engine.Recommending.Filtering.Compilation;

/// <summary>Says what is wrong with names and types, by those that the catalogue has.</summary>
internal sealed class FilterTypes(CatalogueColumns columns, UnknownFields unknownFields)
{
    /// <summary>Both have numbers, or one of them nobody knows.</summary>
    public static bool AreNumbers(ItemField left, ItemField right) => (left.Numbers is not null || !left.IsKnown) && (right.Numbers is not null || !right.IsKnown);

    public static FilterError FieldAsValue(FilterOperand field) => new(
        FilterErrorKind.Type, field.Position, "a value, or a number of the item", FilterError.Cut($"{field}"),
        $"`{FilterError.Cut($"{field}")}` cannot be a value here: fields of one item are compared only where both are numbers. A text stands in double quotes.");

    /// <summary>Whether any item has had it.</summary>
    /// <param name="reference">As written.</param>
    /// <param name="field">What it names.</param>
    /// <param name="isValue">It stands where a value may.</param>
    public FilterError? CheckKnown(FilterReference reference, ItemField field, bool isValue)
    {
        if (field.IsKnown)
            return null;
        if (LeftOut(field) is { } leftOut)
            return Error(FilterErrorKind.LeftOutField, reference, "a field that is kept in memory", leftOut);
        if (unknownFields == UnknownFields.AreMissing)
            return null;
        var nearest = NearestNames.To(reference.Name, FilterNames.Fields.Concat(columns.AttributeNames));
        return Error(
            FilterErrorKind.UnknownField, reference, nearest is null ? "a field or an attribute" : $"a field or an attribute, such as `{nearest}`",
            $"No item has an attribute `{FilterError.Cut(reference.Name)}`" + (nearest is null ? "." : $"; did you mean {(FilterNames.Fields.Contains(nearest) ? "the field " : "")}`{nearest}`?")
            + (isValue && reference.Scope == FilterScope.Item ? " A text stands in double quotes." : ""));
    }

    /// <summary>Whether the operator fits the left side.</summary>
    public FilterError? CheckOrder(Comparison comparison, ItemField field)
    {
        if (!field.IsKnown)
            return null;
        var (fits, why) = comparison.Operator switch
        {
            FilterOperator.Less or FilterOperator.LessOrEqual or FilterOperator.Greater or FilterOperator.GreaterOrEqual =>
                (field.Numbers is not null || field.Texts is not null || field.Times is not null, $"`{field.Name}` is {(field.Ids is null ? field.TypeName : "an id")}, which has no order."),
            FilterOperator.Contains => (field.Texts is not null || field.Lists is not null, $"`{field.Name}` is {(field.Ids is null ? field.TypeName : "an id")}; `contains` is for texts and lists of texts."),
            _ => (true, ""),
        };
        return fits
            ? null
            : new FilterError(FilterErrorKind.Type, comparison.Position, "`=`, `!=`, `in`, `not in` or `is`", FilterPrinter.Of(comparison.Operator), WithLeftOut(field, why));
    }

    /// <summary>Whether a value fits the left side.</summary>
    /// <param name="comparison">How they are compared.</param>
    /// <param name="left">The left side.</param>
    /// <param name="value">The value.</param>
    /// <param name="field">Its field, where it has one.</param>
    public FilterError? CheckValue(FilterOperator comparison, ItemField left, FilterOperand value, ItemField? field)
    {
        if (!left.IsKnown || field is { IsKnown: false })
            return null;
        var isOrdered = comparison is FilterOperator.Less or FilterOperator.LessOrEqual or FilterOperator.Greater or FilterOperator.GreaterOrEqual;
        var isContained = comparison == FilterOperator.Contains;
        var takesText = isOrdered ? left.Texts is not null : isContained ? left.Texts is not null || left.Lists is not null : left.IsText;
        var takesNumber = !isContained && left.Numbers is not null;
        var takesFlag = !isContained && !isOrdered && left.Flags is not null;
        var takesTime = !isContained && left.Times is not null;
        var found = FilterError.Cut($"{value}");
        switch (value)
        {
            case NumberLiteral:
                return takesNumber ? null : Mismatch($"{found} is a number");
            case FlagLiteral:
                return takesFlag ? null : isOrdered ? Of($"{found} has no order.") : isContained ? Mismatch($"{found} is none") : Of($"`{left.Name}` is {left.TypeName}, and cannot be {found}.");
            case TextLiteral text:
                if (takesText || (takesTime && FilterDates.TryParse(text.Value, out _)))
                    return null;
                return takesTime ? Mismatch($"{found} is none; a date is like {FilterDates.Examples}") : Mismatch($"{found} is a text");
            default:
                var fits = field is null || (takesText && field.IsText) || (takesNumber && field.Numbers is not null) || (takesFlag && field.Flags is not null)
                    || (takesTime && (field.Times is not null || field.Texts is not null));
                return fits ? null : Mismatch($"`{found}` is {field!.TypeName}");
        }

        FilterError Mismatch(string what) => Of(isContained ? $"`contains` takes a text, but {what}." : $"`{left.Name}` is {left.TypeName}, but {what}.");

        FilterError Of(string message) => new(FilterErrorKind.Type, value.Position, isContained ? "a text" : left.TypeName, found, WithLeftOut(left, message));
    }

    private static FilterError Error(FilterErrorKind kind, FilterReference reference, string expected, string message) =>
        new(kind, reference.Position, expected, FilterError.Cut($"{reference}"), message);

    /// <summary>Some of its values may be unknown, and then its types say less than all.</summary>
    private string WithLeftOut(ItemField field, string message) => LeftOut(field) is { } leftOut ? $"{message} {leftOut}" : message;

    private string? LeftOut(ItemField field)
    {
        var name = field.HasPaths ? null : field.Name;
        var left = columns.LeftOut.FirstOrDefault(column => column.Name == name);
        if (left is null)
            return null;
        var why = left.Reason switch
        {
            LeftOutReason.TooManyAttributes => "the items have too many attributes",
            LeftOutReason.TooManyTexts => "there are too many distinct texts",
            LeftOutReason.ListTooLong => "a list is too long",
            _ => "a text is too long",
        };
        return $"`{FilterError.Cut(field.Name)}` is left out of the catalogue in memory: {why}.";
    }
}
