using System.Globalization;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Filtering.Expressions;

namespace RecoService.Engine.Tests.Recommending.Filtering;

/// <summary>What a request gives, and the items it is about.</summary>
internal sealed record NaiveRequest(
    IReadOnlyList<(string Id, CatalogueItem Record)> Items, int[] Current, IReadOnlyDictionary<string, FilterValue> Context, IReadOnlyDictionary<string, FilterValue> User);

/// <summary>Evaluates an expression for one item after the other, on their records, as the reference page says it.</summary>
internal static class NaiveFilter
{
    public static bool Holds(FilterExpression expression, int item, NaiveRequest request) => expression switch
    {
        AllOf all => all.Parts.All(part => Holds(part, item, request)),
        AnyOf any => any.Parts.Any(part => Holds(part, item, request)),
        Negation not => !Holds(not.Inner, item, request),
        Presence presence => Values(presence.Subject, item, request).Count == 0 == presence.IsMissing,
        Comparison comparison => Holds(comparison, item, request),
        _ => throw new ArgumentException("No such expression."),
    };

    private static bool Holds(Comparison comparison, int item, NaiveRequest request)
    {
        var (left, sign, operands) = (comparison.Left, comparison.Operator, comparison.Values);
        if (left.Scope != FilterScope.Item && operands is [FilterReference { Scope: FilterScope.Item } field])
        {
            (left, operands) = (field, [left]);
            sign = sign switch
            {
                FilterOperator.Less => FilterOperator.Greater,
                FilterOperator.Greater => FilterOperator.Less,
                FilterOperator.LessOrEqual => FilterOperator.GreaterOrEqual,
                FilterOperator.GreaterOrEqual => FilterOperator.LessOrEqual,
                _ => sign,
            };
        }

        var (lefts, rights) = (Values(left, item, request), operands.SelectMany(operand => Values(operand, item, request)).ToList());
        if (operands is [FilterReference { Scope: FilterScope.Item }])
            (lefts, rights) = ([.. lefts.Where(value => value.Value is double)], [.. rights.Where(value => value.Value is double)]);
        if (lefts.Count == 0 || rights.Count == 0)
            return false;
        var isPath = left is { Scope: FilterScope.Item or FilterScope.Current, IsAttribute: false, Name: "category" or "categories" };
        bool Any(Func<(object Value, bool IsElement), object, bool> holds) => lefts.Any(one => rights.Any(other => holds(one, other.Value)));
        return sign switch
        {
            FilterOperator.Equal or FilterOperator.In => Any((one, other) => AreEqual(one.Value, other, isPath)),
            FilterOperator.NotEqual or FilterOperator.NotIn => !Any((one, other) => AreEqual(one.Value, other, isPath)),
            FilterOperator.Contains => Any((one, other) => one.Value is string text && other is string part && (one.IsElement ? AreEqual(text, part, isPath) : text.Contains(part, StringComparison.Ordinal))),
            FilterOperator.Less => Any((one, other) => Order(one, other) < 0),
            FilterOperator.LessOrEqual => Any((one, other) => Order(one, other) <= 0),
            FilterOperator.Greater => Any((one, other) => Order(one, other) > 0),
            _ => Any((one, other) => Order(one, other) >= 0),
        };
    }

    private static bool AreEqual(object one, object other, bool isPath) => (one, other) switch
    {
        (double a, double b) => a == b,
        (bool a, bool b) => a == b,
        (string a, string b) when isPath => string.Join('>', a.Split('>').Select(name => name.Trim()).Take(b.Split('>').Length)) == string.Join('>', b.Split('>').Select(name => name.Trim())),
        (string a, string b) => a == b,
        _ => Order((one, false), other) == 0,
    };

    /// <summary>Null where there is none.</summary>
    private static int? Order((object Value, bool IsElement) one, object other) => (one.Value, other) switch
    {
        (double a, double b) => a.CompareTo(b),
        (string a, string b) => one.IsElement ? null : string.CompareOrdinal(a, b),
        (long a, long b) => a.CompareTo(b),
        (long a, string b) => Order(a, b),
        (string a, long b) => -Order(b, a),
        _ => null,
    };

    private static int? Order(long moment, string date)
    {
        if (!DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) || !date.StartsWith("20", StringComparison.Ordinal))
            return null;
        if (date.Length > 10)
            return moment.CompareTo(at.ToUnixTimeMilliseconds());
        var day = DateTimeOffset.FromUnixTimeMilliseconds(moment).UtcDateTime.Date;
        return day.CompareTo(at.UtcDateTime.Date);
    }

    private static List<(object Value, bool IsElement)> Values(FilterOperand operand, int item, NaiveRequest request) => operand switch
    {
        NumberLiteral number => [(number.Value, false)],
        TextLiteral text => [(text.Value, false)],
        FlagLiteral flag => [(flag.Value, false)],
        FilterReference { Scope: FilterScope.Item } reference => ValuesOf(reference, request.Items[item].Id, request.Items[item].Record),
        FilterReference { Scope: FilterScope.Current } reference => [.. request.Current.SelectMany(current => ValuesOf(reference, request.Items[current].Id, request.Items[current].Record))],
        FilterReference { Scope: FilterScope.Context } reference => Given(request.Context, reference.Name),
        FilterReference reference => Given(request.User, reference.Name),
        _ => throw new ArgumentException("No such operand."),
    };

    private static List<(object Value, bool IsElement)> Given(IReadOnlyDictionary<string, FilterValue> values, string key)
    {
        var value = values.GetValueOrDefault(key);
        return One(value.Number ?? value.Text ?? (object?)value.Flag);
    }

    private static List<(object Value, bool IsElement)> ValuesOf(FilterReference reference, string id, CatalogueItem record)
    {
        if (!reference.IsAttribute && reference.Name == "itemId")
            return [(id, false)];
        if (record.Deleted)
            return [];
        switch (reference.IsAttribute ? null : reference.Name)
        {
            case "price":
                return One(record.Price);
            case "salePrice":
                return One(record.SalePrice);
            case "currency":
                return One(record.Currency);
            case "addedAt":
                return One(record.AddedAt);
            case "groupId":
                return One(record.GroupId);
            case "consumesForDays":
                return One(record.ConsumesForDays);
            case "category" or "categories":
                return [.. record.Categories.Select(category => ((object)category, true))];
        }

        if (!record.Attributes.Any(attribute => attribute.Name == reference.Name))
            return [];
        var value = record.Attributes.Last(attribute => attribute.Name == reference.Name);
        return value.Type switch
        {
            ColumnType.Number => One(value.Number),
            ColumnType.Text => One(value.Text),
            ColumnType.Flag => One(value.Flag),
            _ => [.. value.List.Select(text => ((object)text, true))],
        };
    }

    private static List<(object Value, bool IsElement)> One(object? value) => value is null ? [] : [(value, false)];
}
