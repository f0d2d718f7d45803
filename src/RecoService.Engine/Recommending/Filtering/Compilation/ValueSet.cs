using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Expressions;

namespace RecoService.Engine.Recommending.Filtering.Compilation;

/// <summary>The values of one side of a comparison, by type.</summary>
internal sealed class ValueSet
{
    // Made when they are asked for, since a comparison has values of one type mostly.
    private HashSet<double>? numbers;
    private HashSet<string>? texts;
    private HashSet<string>? singleTexts;
    private HashSet<bool>? flags;
    private HashSet<(long First, long Last)>? times;

    public HashSet<double> Numbers => numbers ??= [];

    /// <summary>Those of lists included.</summary>
    public HashSet<string> Texts => texts ??= new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Those that are no part of a list.</summary>
    public HashSet<string> SingleTexts => singleTexts ??= new HashSet<string>(StringComparer.Ordinal);

    public HashSet<bool> Flags => flags ??= [];

    /// <summary>First and last Unix millisecond of each.</summary>
    public HashSet<(long First, long Last)> Times => times ??= [];

    public bool IsEmpty => numbers is not { Count: > 0 } && texts is not { Count: > 0 } && flags is not { Count: > 0 } && times is not { Count: > 0 };

    /// <summary>The moments, and the texts that are dates.</summary>
    public IEnumerable<(long First, long Last)> Dates
    {
        get
        {
            foreach (var time in Times)
                yield return time;
            foreach (var text in Texts)
            {
                if (FilterDates.TryParse(text, out var range))
                    yield return range;
            }
        }
    }

    public void AddText(string text)
    {
        Texts.Add(text);
        SingleTexts.Add(text);
    }

    public void Add(FilterOperand literal)
    {
        switch (literal)
        {
            case NumberLiteral number:
                Numbers.Add(number.Value);
                break;
            case TextLiteral text:
                AddText(text.Value);
                break;
            case FlagLiteral flag:
                Flags.Add(flag.Value);
                break;
        }
    }

    public void Add(FilterValue value)
    {
        if (value.Number is { } number)
            Numbers.Add(number);
        if (value.Text is { } text)
            AddText(text);
        if (value.Flag is { } flag)
            Flags.Add(flag);
    }

    /// <summary>Whether one of these values and one of the others meet a condition.</summary>
    /// <param name="comparison">Any but the negated ones.</param>
    /// <param name="others">The right side.</param>
    /// <param name="arePaths">These are categories.</param>
    public bool Meets(FilterOperator comparison, ValueSet others, bool arePaths) => comparison switch
    {
        FilterOperator.Equal or FilterOperator.In when arePaths => Texts.Any(text => others.Texts.Any(path => CategoryPath.IsWithin(text, path))),
        FilterOperator.Equal or FilterOperator.In => Numbers.Overlaps(others.Numbers) || Texts.Overlaps(others.Texts) || Flags.Overlaps(others.Flags)
            || PairsOfDates(this, others).Any(pair => pair.Left.First <= pair.Right.Last && pair.Left.Last >= pair.Right.First),
        FilterOperator.Contains when arePaths => Meets(FilterOperator.Equal, others, arePaths),
        FilterOperator.Contains => Texts.Overlaps(others.Texts) || SingleTexts.Any(text => others.Texts.Any(part => text.Contains(part, StringComparison.Ordinal))),
        _ => Numbers.Any(left => others.Numbers.Any(right => IsOrdered(comparison, left.CompareTo(right))))
            || SingleTexts.Any(left => others.Texts.Any(right => IsOrdered(comparison, string.CompareOrdinal(left, right))))
            || PairsOfDates(this, others).Any(pair => IsOrdered(comparison, Order(pair.Left, pair.Right))),
    };

    public static bool IsOrdered(FilterOperator comparison, int order) => comparison switch
    {
        FilterOperator.Less => order < 0,
        FilterOperator.LessOrEqual => order <= 0,
        FilterOperator.Greater => order > 0,
        FilterOperator.GreaterOrEqual => order >= 0,
        _ => throw new ArgumentOutOfRangeException(nameof(comparison)),
    };

    private static int Order((long First, long Last) left, (long First, long Last) right) => left.Last < right.First ? -1 : left.First > right.Last ? 1 : 0;

    /// <summary>Two texts are compared as texts, so one side must be a moment.</summary>
    private static IEnumerable<((long First, long Last) Left, (long First, long Last) Right)> PairsOfDates(ValueSet lefts, ValueSet rights) =>
        lefts.Times.Count + rights.Times.Count == 0
            ? []
            : lefts.Times.SelectMany(left => rights.Dates.Select(right => (left, right))).Concat(lefts.Dates.SelectMany(left => rights.Times.Select(right => (left, right))));
}
