using System.Globalization;
using System.Text;

namespace RecoService.Engine.Recommending.Filtering.Expressions;

/// <summary>Writes expressions so that they read as the same ones.</summary>
internal static class FilterPrinter
{
    public static string Print(FilterExpression expression)
    {
        var text = new StringBuilder();
        Write(text, expression);
        return text.ToString();
    }

    public static string Print(FilterOperand operand)
    {
        var text = new StringBuilder();
        Write(text, operand);
        return text.ToString();
    }

    public static string Of(FilterOperator comparison) => comparison switch
    {
        FilterOperator.Equal => "=",
        FilterOperator.NotEqual => "!=",
        FilterOperator.Less => "<",
        FilterOperator.LessOrEqual => "<=",
        FilterOperator.Greater => ">",
        FilterOperator.GreaterOrEqual => ">=",
        FilterOperator.In => "in",
        FilterOperator.NotIn => "not in",
        FilterOperator.Contains => "contains",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison)),
    };

    private static void Write(StringBuilder text, FilterExpression expression)
    {
        switch (expression)
        {
            case AllOf all:
                WriteParts(text, all.Parts, " and ");
                break;
            case AnyOf any:
                WriteParts(text, any.Parts, " or ");
                break;
            case Negation negation:
                text.Append("not ");
                WritePart(text, negation.Inner);
                break;
            case Presence presence:
                Write(text, presence.Subject);
                text.Append(presence.IsMissing ? " is missing" : " is not missing");
                break;
            case Comparison comparison:
                Write(text, comparison.Left);
                text.Append(' ').Append(Of(comparison.Operator)).Append(' ');
                WriteValues(text, comparison);
                break;
        }
    }

    /// <summary>One <c>and</c> in another is not the same as one with more parts, so both are told apart.</summary>
    private static void WriteParts(StringBuilder text, IReadOnlyList<FilterExpression> parts, string between)
    {
        for (var part = 0; part < parts.Count; part++)
        {
            text.Append(part == 0 ? "" : between);
            WritePart(text, parts[part]);
        }
    }

    private static void WritePart(StringBuilder text, FilterExpression part)
    {
        var isJoined = part is AllOf or AnyOf;
        text.Append(isJoined ? "(" : "");
        Write(text, part);
        text.Append(isJoined ? ")" : "");
    }

    private static void WriteValues(StringBuilder text, Comparison comparison)
    {
        var isList = comparison.Operator is FilterOperator.In or FilterOperator.NotIn;
        text.Append(isList ? "(" : "");
        for (var value = 0; value < comparison.Values.Count; value++)
        {
            text.Append(value == 0 ? "" : ", ");
            Write(text, comparison.Values[value]);
        }

        text.Append(isList ? ")" : "");
    }

    private static void Write(StringBuilder text, FilterOperand operand)
    {
        switch (operand)
        {
            case NumberLiteral number:
                text.Append(number.Value.ToString("R", CultureInfo.InvariantCulture));
                break;
            case FlagLiteral flag:
                text.Append(flag.Value ? Keywords.True : Keywords.False);
                break;
            case TextLiteral literal:
                WriteText(text, literal.Value);
                break;
            case FilterReference reference:
                text.Append(reference.Scope switch
                {
                    FilterScope.Current => FilterNames.Current + ".",
                    FilterScope.Context => FilterNames.Context + ".",
                    FilterScope.User => FilterNames.User + ".",
                    _ => "",
                });
                text.Append(reference.IsAttribute ? FilterNames.Attributes + "." : "");
                WriteName(text, reference.Name);
                break;
        }
    }

    private static void WriteText(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var character in value)
        {
            if (character is '"' or '\\')
                text.Append('\\').Append(character);
            else if (char.IsControl(character))
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else
                text.Append(character);
        }

        text.Append('"');
    }

    private static void WriteName(StringBuilder text, string name)
    {
        if (name.Length > 0 && FilterLexer.BeginsName(name[0]) && name.All(FilterLexer.ContinuesName) && !Keywords.IsReserved(name))
            text.Append(name);
        else
            text.Append('`').Append(name.Replace("`", "``", StringComparison.Ordinal)).Append('`');
    }
}
