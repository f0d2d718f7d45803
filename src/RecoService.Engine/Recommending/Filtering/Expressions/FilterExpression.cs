namespace RecoService.Engine.Recommending.Filtering.Expressions;

/// <summary>
/// A condition on items, as <see cref="FilterParser"/> reads it. <see cref="object.ToString"/> gives a text that reads as the same expression.
/// Positions are those of the text it was read from: 0-based, in UTF-16 characters.
/// </summary>
/// <param name="Position">Where it begins.</param>
public abstract record FilterExpression(int Position)
{
    public sealed override string ToString() => FilterPrinter.Print(this);
}

/// <summary>Holds where every part does.</summary>
/// <param name="Position">Where it begins.</param>
/// <param name="Parts">Two at least.</param>
public sealed record AllOf(int Position, IReadOnlyList<FilterExpression> Parts) : FilterExpression(Position);

/// <summary>Holds where at least one part does.</summary>
/// <param name="Position">Where it begins.</param>
/// <param name="Parts">Two at least.</param>
public sealed record AnyOf(int Position, IReadOnlyList<FilterExpression> Parts) : FilterExpression(Position);

/// <summary>Holds where the inner one does not.</summary>
public sealed record Negation(int Position, FilterExpression Inner) : FilterExpression(Position);

/// <summary>Compares what a reference names with values. False where one of the sides is missing.</summary>
/// <param name="Position">Of the operator.</param>
/// <param name="Left">What is compared.</param>
/// <param name="Operator">How.</param>
/// <param name="Values">One; for <see cref="FilterOperator.In"/> and <see cref="FilterOperator.NotIn"/> one or more.</param>
public sealed record Comparison(int Position, FilterReference Left, FilterOperator Operator, IReadOnlyList<FilterOperand> Values) : FilterExpression(Position);

/// <summary>Asks whether there is a value at all.</summary>
/// <param name="Position">Of the <c>is</c>.</param>
/// <param name="Subject">What is asked about.</param>
/// <param name="IsMissing">Whether it is to be missing; false: it is to be there.</param>
public sealed record Presence(int Position, FilterReference Subject, bool IsMissing) : FilterExpression(Position);

/// <summary>How two sides are compared.</summary>
public enum FilterOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,

    /// <summary>Equal to at least one of several values.</summary>
    In,

    /// <summary>Equal to none of several values.</summary>
    NotIn,

    /// <summary>A list has the text, or a text has it as a part.</summary>
    Contains,
}

/// <summary>A value, or what stands for one.</summary>
/// <param name="Position">Where it begins.</param>
public abstract record FilterOperand(int Position)
{
    public sealed override string ToString() => FilterPrinter.Print(this);
}

/// <param name="Position">Where it begins.</param>
/// <param name="Value">Finite.</param>
public sealed record NumberLiteral(int Position, double Value) : FilterOperand(Position);

/// <summary>A text, or a date where it is compared with one.</summary>
public sealed record TextLiteral(int Position, string Value) : FilterOperand(Position);

public sealed record FlagLiteral(int Position, bool Value) : FilterOperand(Position);

/// <summary>Names something that has a value when the filter is evaluated.</summary>
/// <param name="Position">Where it begins.</param>
/// <param name="Scope">Whose value.</param>
/// <param name="Name">Of the field or attribute; or the key.</param>
/// <param name="IsAttribute">It was written with <c>attributes.</c>, so that it is an attribute even where a field has its name.</param>
public sealed record FilterReference(int Position, FilterScope Scope, string Name, bool IsAttribute = false) : FilterOperand(Position);

/// <summary>Whose value a reference means.</summary>
public enum FilterScope
{
    /// <summary>Of the item that the filter judges.</summary>
    Item,

    /// <summary>Of the current items of the request: the page's item, or a basket.</summary>
    Current,

    /// <summary>Of the request's context, such as a device.</summary>
    Context,

    /// <summary>Of the user, as the request gives it.</summary>
    User,
}
