using System.Collections.Concurrent;
using RecoService.Engine.Recommending.Filtering.Expressions;
using RecoService.Engine.Recommending.Filtering.Selectors;

namespace RecoService.Engine.Recommending.Filtering.Compilation;

/// <summary>Something that a request gives a value: a literal, a value of the current items, or one of the context or the user.</summary>
/// <param name="operand">No field of the item that is judged.</param>
/// <param name="items">The field of the current items; null for all else.</param>
internal sealed class RequestOperand(FilterOperand operand, ItemField? items)
{
    public bool IsLiteral => operand is not FilterReference;

    public bool HasPaths => items?.HasPaths == true;

    public void AddTo(ValueSet values, in FilterContext context)
    {
        if (operand is not FilterReference reference)
        {
            values.Add(operand);
        }
        else if (items is not null)
        {
            foreach (var item in context.CurrentItems)
            {
                if (item >= 0)
                    items.AddValues(item, values);
            }
        }
        else if (reference.Scope == FilterScope.User)
        {
            if (context is { Users: { } users, UserIndex: >= 0 })
                ItemField.Of(reference.Name, users).AddValues(context.UserIndex, values);
        }
        else if (context.Context?.TryGetValue(reference.Name, out var value) == true)
        {
            values.Add(value);
        }
    }
}

/// <summary>Compares a field of the items with values of the request.</summary>
internal sealed class RequestComparison(ItemField field, FilterOperator comparison, IReadOnlyList<RequestOperand> values) : Condition
{
    /// <summary>What is remembered of lists; a shop has fewer categories, and more come only of made-up values.</summary>
    private const int MostListSets = 1000;

    private readonly ConcurrentDictionary<string, ListSet> listSets = new(StringComparer.Ordinal);

    public override bool IsFixed => false;

    public override Selector Bind(in FilterContext context)
    {
        var set = new ValueSet();
        foreach (var value in values)
            value.AddTo(set, context);
        return ComparisonSelectors.Of(field, comparison, set, field.Lists is null ? null : ListsOf);
    }

    private ListSet ListsOf(string text)
    {
        if (listSets.TryGetValue(text, out var known))
            return known;
        if (listSets.Count >= MostListSets)
            listSets.Clear();
        return listSets[text] = ComparisonSelectors.ListsOf(field.Lists!, new HashSet<string>(StringComparer.Ordinal) { text }, field.HasPaths);
    }
}

/// <summary>Compares values of the request with each other, so that it holds for all items or for none.</summary>
internal sealed class RequestCondition(RequestOperand left, FilterOperator comparison, IReadOnlyList<RequestOperand> values) : Condition
{
    public override bool IsFixed => false;

    public override Selector Bind(in FilterContext context)
    {
        var (lefts, rights) = (new ValueSet(), new ValueSet());
        left.AddTo(lefts, context);
        foreach (var value in values)
            value.AddTo(rights, context);
        if (lefts.IsEmpty || rights.IsEmpty)
            return ConstantSelector.None;
        return ConstantSelector.Of(comparison switch
        {
            FilterOperator.NotEqual or FilterOperator.NotIn => !lefts.Meets(FilterOperator.Equal, rights, left.HasPaths),
            _ => lefts.Meets(comparison, rights, left.HasPaths),
        });
    }
}

/// <summary>Asks whether the request gives a value.</summary>
internal sealed class RequestPresence(RequestOperand subject, bool isMissing) : Condition
{
    public override bool IsFixed => false;

    public override Selector Bind(in FilterContext context)
    {
        var values = new ValueSet();
        subject.AddTo(values, context);
        return ConstantSelector.Of(values.IsEmpty == isMissing);
    }
}
