using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Expressions;
using RecoService.Engine.Recommending.Filtering.Selectors;

namespace RecoService.Engine.Recommending.Filtering.Compilation;

/// <summary>Makes the scans that compare a field with values. A condition holds where it holds for one of the field's values and one of the others.</summary>
internal static class ComparisonSelectors
{
    /// <param name="field">The left side.</param>
    /// <param name="comparison">How.</param>
    /// <param name="values">The right side; empty where it is missing.</param>
    /// <param name="listsOf">Gives the lists that hold a text; null where they are looked up anew.</param>
    public static Selector Of(ItemField field, FilterOperator comparison, ValueSet values, Func<string, ListSet>? listsOf = null)
    {
        if (values.IsEmpty)
            return ConstantSelector.None;
        switch (comparison)
        {
            case FilterOperator.NotEqual or FilterOperator.NotIn:
                return new AllSelector([Present(field), new NotSelector(Equal(field, values, listsOf))]);
            case FilterOperator.Equal or FilterOperator.In:
                return Equal(field, values, listsOf);
            case FilterOperator.Contains:
                List<Selector> parts = [];
                AddLists(parts, field, values, listsOf);
                if (field.Texts is { } texts && values.Texts.Count > 0)
                    parts.Add(new TextSelector(texts, CodeSet.Where(texts.Texts, text => values.Texts.Any(part => text.Contains(part, StringComparison.Ordinal)))));
                return AnySelector.Of(parts);
            default:
                return Ordered(field, comparison, values);
        }
    }

    /// <summary>The items that have a value of any type.</summary>
    public static Selector Present(ItemField field) =>
        field.Ids is not null ? ConstantSelector.All : AnySelector.Of([.. field.Columns.Select(column => new PresentSelector(column))]);

    /// <summary>The lists of a column that hold a text, or one below it.</summary>
    public static ListSet ListsOf(ListColumn lists, IReadOnlySet<string> wanted, bool arePaths) => new(
        lists, arePaths ? CodeSet.Where(lists.Texts, text => wanted.Any(path => CategoryPath.IsWithin(text, path))) : CodeSet.Of(lists.Texts, wanted));

    private static Selector Equal(ItemField field, ValueSet values, Func<string, ListSet>? listsOf)
    {
        List<Selector> parts = [];
        if (field.Numbers is { } numbers && values.Numbers.Count > 0)
            parts.Add(values.Numbers.Count == 1 ? new RangeSelector<double>(numbers, values.Numbers.Single(), values.Numbers.Single()) : new RangeSelector<double>(numbers, values.Numbers.Select(number => (number, number))));
        if (field.Texts is { } texts && values.Texts.Count > 0)
            parts.Add(new TextSelector(texts, CodeSet.Of(texts.Texts, values.Texts)));
        AddLists(parts, field, values, listsOf);
        foreach (var flag in field.Flags is null ? [] : values.Flags)
            parts.Add(new FlagSelector(field.Flags!, flag));
        if (field.Times is { } times)
            parts.Add(new RangeSelector<long>(times, values.Dates));
        if (field.Ids is { } ids && values.Texts.Count > 0)
            parts.Add(new ItemIdSelector(ids, values.Texts));
        return AnySelector.Of(parts);
    }

    private static void AddLists(List<Selector> parts, ItemField field, ValueSet values, Func<string, ListSet>? listsOf)
    {
        if (field.Lists is { } lists && values.Texts.Count > 0)
            parts.Add(new ListSelector(lists, listsOf is null ? [ListsOf(lists, values.Texts, field.HasPaths)] : [.. values.Texts.Select(listsOf)]));
    }

    private static Selector Ordered(ItemField field, FilterOperator comparison, ValueSet values)
    {
        var isBelow = comparison is FilterOperator.Less or FilterOperator.LessOrEqual;
        var mayBeEqual = comparison is FilterOperator.LessOrEqual or FilterOperator.GreaterOrEqual;
        List<Selector> parts = [];
        if (field.Numbers is { } numbers && values.Numbers.Count > 0)
        {
            // What holds for one of them holds for the one that is easiest to meet.
            var bound = isBelow ? values.Numbers.Max() : values.Numbers.Min();
            var inside = mayBeEqual ? bound : isBelow ? Math.BitDecrement(bound) : Math.BitIncrement(bound);
            parts.Add(isBelow ? new RangeSelector<double>(numbers, double.NegativeInfinity, inside) : new RangeSelector<double>(numbers, inside, double.PositiveInfinity));
        }

        if (field.Texts is { } texts && values.Texts.Count > 0)
        {
            var bound = isBelow ? values.Texts.Max(StringComparer.Ordinal) : values.Texts.Min(StringComparer.Ordinal);
            parts.Add(new TextSelector(texts, CodeSet.Where(texts.Texts, text => ValueSet.IsOrdered(comparison, string.CompareOrdinal(text, bound)))));
        }

        if (field.Times is { } times && values.Dates.ToArray() is { Length: > 0 } dates)
        {
            var (first, last) = comparison switch
            {
                FilterOperator.Less => (long.MinValue + 1, dates.Max(date => date.First) - 1),
                FilterOperator.LessOrEqual => (long.MinValue + 1, dates.Max(date => date.Last)),
                FilterOperator.Greater => (dates.Min(date => date.Last) + 1, long.MaxValue),
                _ => (dates.Min(date => date.First), long.MaxValue),
            };
            parts.Add(new RangeSelector<long>(times, first, last));
        }

        return AnySelector.Of(parts);
    }
}
