using System.Globalization;
using System.Text;

namespace RecoService.Engine.Recommending.Filtering.Expressions;

/// <summary>Cuts a text into words, in one pass.</summary>
internal sealed class FilterLexer(string text)
{
    private const char Quote = '"';
    private const char Backtick = '`';

    private int position;

    public static bool BeginsName(char character) => char.IsLetter(character) || character == '_';

    public static bool ContinuesName(char character) => char.IsLetterOrDigit(character) || character is '_' or '-';

    /// <returns>What is wrong; null where there is a token.</returns>
    public FilterError? Next(out FilterToken token)
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
            position++;
        var start = position;
        token = new FilterToken(TokenKind.End, start, start);
        if (start == text.Length)
            return null;
        switch (text[start])
        {
            case Quote:
                return Text(start, out token);
            case Backtick:
                return QuotedName(start, out token);
            case '-' or (>= '0' and <= '9'):
                return Number(start, out token);
            case var first when BeginsName(first):
                while (position < text.Length && ContinuesName(text[position]))
                    position++;
                token = new FilterToken(TokenKind.Name, start, position, text[start..position]);
                return null;
        }

        var kind = (text[start], At(start + 1)) switch
        {
            ('=', _) => TokenKind.Equal,
            ('!', '=') => TokenKind.NotEqual,
            ('<', '=') => TokenKind.LessOrEqual,
            ('<', _) => TokenKind.Less,
            ('>', '=') => TokenKind.GreaterOrEqual,
            ('>', _) => TokenKind.Greater,
            ('(', _) => TokenKind.Open,
            (')', _) => TokenKind.Close,
            (',', _) => TokenKind.Comma,
            ('.', _) => TokenKind.Dot,
            _ => TokenKind.End,
        };
        if (kind == TokenKind.End)
            return FilterError.Syntax(start, Instead(text[start]), Character(start));
        position += kind is TokenKind.NotEqual or TokenKind.LessOrEqual or TokenKind.GreaterOrEqual ? 2 : 1;
        token = new FilterToken(kind, start, position);
        return null;
    }

    private static string Instead(char character) => character switch
    {
        '\'' or '“' or '”' or '„' => "a text in straight double quotes",
        '!' => "`!=`, or the word `not`",
        '&' => "the word `and`",
        '|' => "the word `or`",
        '+' => "a number without a `+`",
        '[' or '{' => "`(`",
        ']' or '}' => "`)`",
        _ => "a name, a value or an operator",
    };

    private char At(int index) => index < text.Length ? text[index] : '\0';

    private string Character(int index) => index == text.Length ? FilterError.TheEnd : char.IsSurrogatePair(text, index) ? text.Substring(index, 2) : char.IsControl(text[index]) ? $"{FilterError.CharacterOf}{(int)text[index]}" : text[index].ToString();

    private FilterError? Number(int start, out FilterToken token)
    {
        token = default;
        position += text[start] == '-' ? 1 : 0;
        if (Digits() is { } noWhole)
            return noWhole;
        if (At(position) == '.')
        {
            position++;
            if (Digits() is { } noFraction)
                return noFraction;
        }

        if (At(position) is 'e' or 'E' && (char.IsAsciiDigit(At(position + 1)) || At(position + 1) is '+' or '-'))
        {
            position++;
            position += At(position) is '+' or '-' ? 1 : 0;
            if (Digits() is { } noExponent)
                return noExponent;
        }

        if (position < text.Length && ContinuesName(text[position]))
            return FilterError.Syntax(position, "a blank or an operator behind the number", Character(position));
        var value = double.Parse(text.AsSpan(start, position - start), NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(value))
            return FilterError.Syntax(start, "a number of at most 1.7E+308", text[start..position]);
        token = new FilterToken(TokenKind.Number, start, position, Number: value);
        return null;
    }

    private FilterError? Digits()
    {
        var start = position;
        while (char.IsAsciiDigit(At(position)))
            position++;
        return position == start ? FilterError.Syntax(start, "a digit", Character(start)) : null;
    }

    private FilterError? Text(int start, out FilterToken token)
    {
        token = default;
        var value = new StringBuilder();
        for (position = start + 1; position < text.Length; position++)
        {
            switch (text[position])
            {
                case Quote:
                    position++;
                    token = new FilterToken(TokenKind.Text, start, position, value.ToString());
                    return null;
                case '\\':
                    if (Escape(value) is { } error)
                        return error;
                    break;
                case var character:
                    value.Append(character);
                    break;
            }
        }

        return FilterError.Syntax(position, $"a closing `\"` of the text that begins at {start}", FilterError.TheEnd);
    }

    /// <summary>Reads what follows a backslash, and stays on its last character.</summary>
    private FilterError? Escape(StringBuilder value)
    {
        position++;
        switch (At(position))
        {
            case '"' or '\\' or '/':
                value.Append(text[position]);
                return null;
            case 'n':
                value.Append('\n');
                return null;
            case 'r':
                value.Append('\r');
                return null;
            case 't':
                value.Append('\t');
                return null;
            case 'u':
                var code = 0;
                for (var digit = 1; digit <= 4; digit++)
                {
                    if (!char.IsAsciiHexDigit(At(position + digit)))
                        return FilterError.Syntax(position + digit, "four hexadecimal digits behind `\\u`", Character(position + digit));
                    code = (16 * code) + Convert.ToInt32(text[position + digit].ToString(), 16);
                }

                value.Append((char)code);
                position += 4;
                return null;
            default:
                return FilterError.Syntax(position, "one of `\"`, `\\`, `/`, `n`, `r`, `t` or `u` behind a backslash", Character(position));
        }
    }

    private FilterError? QuotedName(int start, out FilterToken token)
    {
        token = default;
        var value = new StringBuilder();
        for (position = start + 1; position < text.Length; position++)
        {
            if (text[position] != Backtick)
            {
                value.Append(text[position]);
            }
            else if (At(position + 1) == Backtick)
            {
                value.Append(Backtick);
                position++;
            }
            else
            {
                position++;
                token = new FilterToken(TokenKind.QuotedName, start, position, value.ToString());
                return null;
            }
        }

        return FilterError.Syntax(position, $"a closing backtick of the name that begins at {start}", FilterError.TheEnd);
    }
}
