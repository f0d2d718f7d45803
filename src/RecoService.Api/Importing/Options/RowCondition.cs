using System.Globalization;
using System.Text;
using RecoService.Api.Importing.Values;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing.Options;

/// <summary>
/// A condition on one column: <c>CustomerID:empty</c>, <c>InvoiceNo:prefix=C</c>, <c>event:in=view,cart</c>, <c>event:not-in=view,cart</c>, or a
/// comparison by <c>= != &lt; &lt;= &gt; &gt;=</c> as <c>Quantity&lt;=0</c>. Compared are numbers when both sides are numbers, else texts, ordinally.
/// </summary>
internal sealed class RowCondition
{
    private static readonly string[] Tests = ["prefix", "in", "not-in"];
    private static readonly string[] Comparisons = ["!=", "<=", ">=", "<", ">", "="];

    private readonly string condition;
    private readonly byte[] operand;
    private readonly byte[][] choices;
    private readonly double? number;

    private RowCondition(string column, string condition, string operand)
    {
        Column = column;
        this.condition = condition;
        this.operand = Encoding.UTF8.GetBytes(operand);
        choices = condition is "in" or "not-in" ? [.. SourceText.Split(operand, ',').Select(choice => Encoding.UTF8.GetBytes(SourceText.Unescape(choice)))] : [];
        number = TryReadNumber(this.operand, DecimalSign.Point, out var value) ? value : null;
    }

    /// <summary>As it was written: a header's name or a number from 1.</summary>
    public string Column { get; }

    /// <param name="text">The condition.</param>
    /// <param name="reason">What is wrong with it, when null is returned.</param>
    public static RowCondition? Parse(string text, out string? reason)
    {
        reason = null;
        const string Empty = ":empty";
        if (text.EndsWith(Empty, StringComparison.Ordinal) && text.Length > Empty.Length)
            return new RowCondition(text[..^Empty.Length], "empty", "");
        foreach (var test in Tests)
        {
            if (text.IndexOf($":{test}=", StringComparison.Ordinal) is > 0 and var at && at + test.Length + 2 < text.Length)
                return new RowCondition(text[..at], test, text[(at + test.Length + 2)..]);
        }

        var position = SourceText.IndexOfAny(text, "!<>=");
        if (position < 1)
            reason = $"{WireText.Quote(text)} is no condition; known are Column:empty, Column:prefix=text, Column:in=a,b, Column:not-in=a,b and comparisons as Column<=0";
        else if (SourceText.IndexOfAny(text[..position], ":") >= 0)
            reason = $"{WireText.Quote(text)} has an unknown test after ':'; known are empty, prefix=text, in=a,b and not-in=a,b; a ':' in a column's name stands behind a backslash";
        else if (Array.Find(Comparisons, sign => text.AsSpan(position).StartsWith(sign, StringComparison.Ordinal)) is not { } comparison)
            reason = $"{WireText.Quote(text)} has no comparison at '{text[position]}'; known are =, !=, <, <=, >, >=";
        else if (comparison.Length == 1 && comparison != "=" && position + 1 == text.Length)
            reason = $"{WireText.Quote(text)} compares with nothing";
        else
            return new RowCondition(text[..position], comparison, text[(position + comparison.Length)..]);
        return null;
    }

    /// <param name="field">The column's value in UTF-8.</param>
    /// <param name="sign">What stands before the decimals of numbers.</param>
    public bool Holds(ReadOnlySpan<byte> field, DecimalSign sign = DecimalSign.Unstated)
    {
        switch (condition)
        {
            case "in":
                return IsChoice(field);
            case "not-in":
                return !IsChoice(field);
            case "empty":
                return field.Trim((byte)' ').IsEmpty;
            case "prefix":
                return field.StartsWith(operand);
        }

        int order;
        if (number is { } limit && TryReadNumber(field, sign, out var value))
            order = value.CompareTo(limit);
        else if (number is null || condition is "=" or "!=")
            order = field.SequenceCompareTo(operand);
        else
            return false;

        return condition switch
        {
            "=" => order == 0,
            "!=" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    private bool IsChoice(ReadOnlySpan<byte> field)
    {
        foreach (var choice in choices)
        {
            if (field.SequenceEqual(choice))
                return true;
        }

        return false;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> text, DecimalSign sign, out double number)
    {
        if (sign is DecimalSign.Unstated or DecimalSign.Point && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number))
            return double.IsFinite(number);
        var isNumber = NumberText.TryRead(new RawValue(ValueKind.Text, text), sign, out var exact, out _, out _);
        number = (double)exact;
        return isNumber;
    }
}
