using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Recommending.Filtering.Compilation;

/// <summary>A value that a request gives: a number, a text, or true or false.</summary>
public readonly record struct FilterValue
{
    private readonly object? value;

    private FilterValue(object? value) => this.value = value;

    /// <summary>Null unless it is a number.</summary>
    public double? Number => value as double?;

    /// <summary>Null unless it is a text.</summary>
    public string? Text => value as string;

    /// <summary>Null unless it is true or false.</summary>
    public bool? Flag => value as bool?;

    /// <param name="number">One that is not finite is no value.</param>
    public static FilterValue Of(double number) => new(double.IsFinite(number) ? number : null);

    public static FilterValue Of(string text) => new(text);

    public static FilterValue Of(bool flag) => new(flag);
}

/// <summary>What a filter may know of a request. A filter that names nothing of it needs none.</summary>
public readonly ref struct FilterContext
{
    /// <summary>Item indexes: the item of the page, or a basket. One below 0 is an item that nobody knows.</summary>
    public ReadOnlySpan<int> CurrentItems { get; init; }

    /// <summary>By key; null for nothing.</summary>
    public IReadOnlyDictionary<string, FilterValue>? Context { get; init; }

    /// <summary>Of the users; null for nothing.</summary>
    public UserAttributes? Users { get; init; }

    /// <summary>Who asks; below 0 for nobody known.</summary>
    public int UserIndex { get; init; }
}
