using System.Globalization;
using System.Text;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing;

/// <summary>
/// A condition on one column: <c>CustomerID:empty</c>, <c>InvoiceNo:prefix=C</c>, or a comparison by <c>= != &lt; &lt;= &gt; &gt;=</c> as
/// <c>Quantity&lt;=0</c>. Compared are numbers when both sides are numbers, else texts, ordinally.
/// </summary>
internal sealed class RowCondition
{
    private static readonly string[] Comparisons = ["!=", "<=", ">=", "<", ">", "="];

    private readonly string condition;
    private readonly byte[] operand;
    private readonly double? number;

    private RowCondition(string column, string condition, string operand)
    {
        Column = column;
        this.condition = condition;
        this.operand = Encoding.UTF8.GetBytes(operand);
        number = TryReadNumber(this.operand, out var value) ? value : null;
    }

    /// <summary>As it was written: a header's name or a number from 1.</summary>
    public string Column { get; }

    /// <param name="text">The condition.</param>
    /// <param name="reason">What is wrong with it, when null is returned.</param>
    public static RowCondition? Parse(string text, out string? reason)
    {
        reason = null;
        const string Empty = ":empty";
        const string Prefix = ":prefix=";
        if (text.EndsWith(Empty, StringComparison.Ordinal) && text.Length > Empty.Length)
            return new RowCondition(text[..^Empty.Length], "empty", "");
        if (text.IndexOf(Prefix, StringComparison.Ordinal) is > 0 and var prefix && prefix + Prefix.Length < text.Length)
            return new RowCondition(text[..prefix], "prefix", text[(prefix + Prefix.Length)..]);

        var place = text.AsSpan().IndexOfAny("!<>=");
        if (place < 1)
            reason = $"{WireText.Quote(text)} is no condition; known are Column:empty, Column:prefix=text and comparisons as Column<=0";
        else if (text.AsSpan(0, place).Contains(':'))
            reason = $"{WireText.Quote(text)} has an unknown test after ':'; known are empty and prefix=text";
        else if (Array.Find(Comparisons, sign => text.AsSpan(place).StartsWith(sign, StringComparison.Ordinal)) is not { } comparison)
            reason = $"{WireText.Quote(text)} has no comparison at '{text[place]}'; known are =, !=, <, <=, >, >=";
        else if (comparison.Length == 1 && comparison != "=" && place + 1 == text.Length)
            reason = $"{WireText.Quote(text)} compares with nothing";
        else
            return new RowCondition(text[..place], comparison, text[(place + comparison.Length)..]);
        return null;
    }

    /// <param name="field">The column's value in UTF-8.</param>
    public bool Holds(ReadOnlySpan<byte> field)
    {
        switch (condition)
        {
            case "empty":
                return field.Trim((byte)' ').IsEmpty;
            case "prefix":
                return field.StartsWith(operand);
        }

        int order;
        if (number is { } limit && TryReadNumber(field, out var value))
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

    private static bool TryReadNumber(ReadOnlySpan<byte> text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number)
        && double.IsFinite(number);
}
