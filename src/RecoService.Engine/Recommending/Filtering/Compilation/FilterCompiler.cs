using System.Diagnostics.CodeAnalysis;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Expressions;
using RecoService.Engine.Recommending.Filtering.Selectors;

namespace RecoService.Engine.Recommending.Filtering.Compilation;

/// <summary>Checks expressions against the types that a catalogue has, and makes filters of them.</summary>
public static class FilterCompiler
{
    /// <param name="expression">As parsed.</param>
    /// <param name="columns">Of the catalogue.</param>
    /// <param name="items">Its ids.</param>
    /// <param name="unknownFields">What becomes of names that no item has.</param>
    public static FilterCompilation Compile(FilterExpression expression, CatalogueColumns columns, IItemIds items, UnknownFields unknownFields = UnknownFields.AreErrors)
    {
        // Read first: a column that comes meanwhile makes the filter an old one.
        var layout = columns.Layout;
        var compilation = new Compilation(columns, items, new FilterTypes(columns, unknownFields));
        return compilation.TryCompile(expression, out var condition, out var error)
            ? new FilterCompilation(new CompiledFilter(expression, condition, columns, layout), null)
            : new FilterCompilation(null, error);
    }

    private sealed class Compilation(CatalogueColumns columns, IItemIds items, FilterTypes types)
    {
        public bool TryCompile(FilterExpression expression, [NotNullWhen(true)] out Condition? condition, [NotNullWhen(false)] out FilterError? error)
        {
            condition = null;
            error = null;
            switch (expression)
            {
                case AllOf all:
                    return TryJoin(all.Parts, isAll: true, out condition, out error);
                case AnyOf any:
                    return TryJoin(any.Parts, isAll: false, out condition, out error);
                case Negation negation:
                    if (TryCompile(negation.Inner, out var inner, out error))
                        condition = NotCondition.Of(inner);
                    break;
                case Presence presence:
                    if (FieldOf(presence.Subject, isValue: false, out error) is var subject && error is null)
                        condition = Of(presence, subject);
                    break;
                case Comparison comparison:
                    condition = Of(comparison, out error);
                    break;
            }

            return error is null;
        }

        private bool TryJoin(IReadOnlyList<FilterExpression> parts, bool isAll, [NotNullWhen(true)] out Condition? condition, [NotNullWhen(false)] out FilterError? error)
        {
            var compiled = new Condition[parts.Count];
            (condition, error) = (null, null);
            for (var part = 0; part < compiled.Length; part++)
            {
                if (!TryCompile(parts[part], out compiled[part]!, out error))
                    return false;
            }

            condition = JoinCondition.Of(compiled, isAll);
            return true;
        }

        private static Condition Of(Presence presence, ItemField? subject)
        {
            if (subject is null || presence.Subject.Scope != FilterScope.Item)
                return new RequestPresence(new RequestOperand(presence.Subject, subject), presence.IsMissing);
            var present = ComparisonSelectors.Present(subject);
            return new FixedCondition(presence.IsMissing ? new NotSelector(present) : present);
        }

        private Condition? Of(Comparison written, out FilterError? error)
        {
            var comparison = Turned(written);
            var left = FieldOf(comparison.Left, isValue: false, out error);
            if (error is not null || (error = left is null ? null : types.CheckOrder(comparison, left)) is not null)
                return null;
            var operands = new RequestOperand[comparison.Values.Count];
            for (var position = 0; position < operands.Length; position++)
            {
                var value = comparison.Values[position];
                var field = value is FilterReference reference ? FieldOf(reference, isValue: true, out error) : null;
                if ((error ??= left is null ? null : types.CheckValue(comparison.Operator, left, value, field)) is not null)
                    return null;
                if (value is FilterReference { Scope: FilterScope.Item })
                    return OfFields(comparison, left, field!, out error);
                operands[position] = new RequestOperand(value, field);
            }

            if (left is null || comparison.Left.Scope != FilterScope.Item)
                return new RequestCondition(new RequestOperand(comparison.Left, left), comparison.Operator, operands);
            if (!operands.All(operand => operand.IsLiteral))
                return new RequestComparison(left, comparison.Operator, operands);
            var values = new ValueSet();
            foreach (var literal in comparison.Values)
                values.Add(literal);
            return new FixedCondition(ComparisonSelectors.Of(left, comparison.Operator, values));
        }

        /// <summary>Two numbers of the same item.</summary>
        private static Condition? OfFields(Comparison comparison, ItemField? left, ItemField right, out FilterError? error)
        {
            error = null;
            if (left is null || comparison.Left.Scope != FilterScope.Item || comparison.Operator is FilterOperator.In or FilterOperator.NotIn or FilterOperator.Contains || !FilterTypes.AreNumbers(left, right))
            {
                error = FilterTypes.FieldAsValue(comparison.Values.First(value => value is FilterReference { Scope: FilterScope.Item }));
                return null;
            }

            if (left.Numbers is not { } lefts || right.Numbers is not { } rights)
                return new FixedCondition(ConstantSelector.None);
            return new FixedCondition(comparison.Operator switch
            {
                FilterOperator.Equal => new NumberPairSelector(lefts, rights, less: false, equal: true),
                FilterOperator.Less => new NumberPairSelector(lefts, rights, less: true, equal: false),
                FilterOperator.LessOrEqual => new NumberPairSelector(lefts, rights, less: true, equal: true),
                FilterOperator.Greater => new NumberPairSelector(rights, lefts, less: true, equal: false),
                FilterOperator.GreaterOrEqual => new NumberPairSelector(rights, lefts, less: true, equal: true),
                _ => new AllSelector([new PresentSelector(lefts), new PresentSelector(rights), new NotSelector(new NumberPairSelector(lefts, rights, less: false, equal: true))]),
            });
        }

        /// <summary>With the item's field on the left.</summary>
        private static Comparison Turned(Comparison comparison)
        {
            if (comparison.Left.Scope == FilterScope.Item || comparison.Values is not [FilterReference { Scope: FilterScope.Item } field])
                return comparison;
            FilterOperator? turned = comparison.Operator switch
            {
                FilterOperator.Equal or FilterOperator.NotEqual => comparison.Operator,
                FilterOperator.Less => FilterOperator.Greater,
                FilterOperator.LessOrEqual => FilterOperator.GreaterOrEqual,
                FilterOperator.Greater => FilterOperator.Less,
                FilterOperator.GreaterOrEqual => FilterOperator.LessOrEqual,
                _ => null,
            };
            return turned is { } other ? new Comparison(comparison.Position, field, other, [comparison.Left]) : comparison;
        }

        /// <summary>Null for a value of the context or the user, of which no type is known.</summary>
        private ItemField? FieldOf(FilterReference reference, bool isValue, out FilterError? error)
        {
            error = null;
            if (reference.Scope is FilterScope.Context or FilterScope.User)
                return null;
            var field = ItemField.Of(reference, columns, items);
            error = types.CheckKnown(reference, field, isValue);
            return field;
        }
    }
}
