using System.Globalization;
using System.Text;
using RecoService.Api.Importing.Records;

namespace RecoService.Api.Importing.Values;

/// <summary>
/// Numbers as people and spreadsheets write them: <c>1,234.50</c>, <c>1.234,50</c>, <c>1 234,50</c>, <c>€12,50</c>, <c>20.00 EUR</c>. What could be read
/// in two ways is refused, with the option that decides.
/// </summary>
internal static class NumberText
{
    private const int LongestNumber = 64;

    /// <param name="value">Text, or a JSON number, which has a point whatever the file's texts have.</param>
    /// <param name="sign">What stands before the decimals of texts.</param>
    /// <param name="number">The number.</param>
    /// <param name="currency">ISO 4217 code of a sign or code beside it; null = none.</param>
    /// <param name="reason">Why there is none, where more can be said than that.</param>
    public static bool TryRead(RawValue value, DecimalSign sign, out decimal number, out string? currency, out string? reason)
    {
        currency = reason = null;
        number = 0;
        if (value.Kind is not (ValueKind.Text or ValueKind.Number))
            return false;
        if ((sign is DecimalSign.Unstated or DecimalSign.Point || value.Kind == ValueKind.Number)
            && decimal.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out number))
        {
            return true;
        }

        Span<char> characters = stackalloc char[LongestNumber];
        if (value.Kind == ValueKind.Number || value.Text.Length > LongestNumber || !Encoding.UTF8.TryGetChars(value.Text, characters, out var length))
            return false;
        var text = Currencies.TakeFrom(characters[..length].Trim(), out currency, out reason);
        if (reason is not null)
            return false;
        if (sign != DecimalSign.Auto)
            return TryReadPlain(text, sign, out number, out reason);
        var isPoint = TryReadPlain(text, DecimalSign.Point, out number, out reason);
        var isComma = TryReadPlain(text, DecimalSign.Comma, out var other, out _);
        if (isPoint && isComma && number != other)
        {
            reason = $"could be {number} or {other}; say --decimal point or --decimal comma";
            return false;
        }

        reason = isPoint || isComma ? null : reason;
        number = isPoint ? number : other;
        return isPoint || isComma;
    }

    private static bool TryReadPlain(ReadOnlySpan<char> text, DecimalSign sign, out decimal number, out string? reason)
    {
        number = 0;
        Span<char> plain = stackalloc char[LongestNumber];
        return TryWritePlain(text, sign, plain, out var written, out reason)
            && decimal.TryParse(plain[..written], NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>Writes the number with a point and without anything between thousands.</summary>
    private static bool TryWritePlain(ReadOnlySpan<char> text, DecimalSign sign, Span<char> plain, out int written, out string? reason)
    {
        written = 0;
        reason = null;
        if (text is ['+' or '-' or '\u2212', ..])
        {
            if (text[0] != '+')
                plain[written++] = '-';
            text = text[1..].TrimStart();
        }

        var (point, thousands) = sign == DecimalSign.Comma ? (',', '.') : ('.', ',');
        var decimals = text.LastIndexOf(point);
        var whole = decimals < 0 ? text : text[..decimals];
        var fraction = decimals < 0 ? [] : text[(decimals + 1)..];
        if (!TryWriteWhole(whole, thousands, plain, ref written, out var separator) || fraction.ContainsAnyExceptInRange('0', '9'))
        {
            reason = HintOf(text, sign);
            return false;
        }

        if (sign == DecimalSign.Unstated && separator == ',' && decimals < 0 && whole.Count(',') == 1)
        {
            reason = $"could be {text.ToString().Replace(",", "", StringComparison.Ordinal)} or {text.ToString().Replace(',', '.')}; say --decimal point or --decimal comma";
            return false;
        }

        if (decimals >= 0)
            plain[written++] = '.';
        fraction.CopyTo(plain[written..]);
        written += fraction.Length;
        return whole.Length + fraction.Length > 0;
    }

    /// <summary>Digits, in groups of three or not (or of two before the last three, as in India).</summary>
    private static bool TryWriteWhole(ReadOnlySpan<char> whole, char thousands, Span<char> plain, ref int written, out char separator)
    {
        separator = '\0';
        var group = 0;
        for (var position = 0; position < whole.Length; position++)
        {
            var character = whole[position];
            if (char.IsAsciiDigit(character))
            {
                plain[written++] = character;
                group++;
                continue;
            }

            if (character != thousands && character is not (' ' or '\u00a0' or '\u202f' or '\u2009' or '\'' or '\u2019'))
                return false;
            if ((separator != '\0' && (separator != character || group is < 2 or > 3)) || group is < 1 or > 3)
                return false;
            (separator, group) = (character, 0);
        }

        return separator == '\0' || (group == 3 && whole[0] != '0');
    }

    private static string? HintOf(ReadOnlySpan<char> text, DecimalSign sign)
    {
        if (text.ContainsAnyExcept("0123456789.,'\u2019 \u00a0\u202f\u2009"))
            return null;
        return (sign, text.LastIndexOf(',') > text.LastIndexOf('.')) switch
        {
            (DecimalSign.Unstated, true) => "is not a number with a decimal point; --decimal comma reads a decimal comma",
            (DecimalSign.Point, true) => "is not a number with a decimal point, as --decimal point says",
            (DecimalSign.Comma, false) => "is not a number with a decimal comma, as --decimal comma says",
            _ => null,
        };
    }
}
