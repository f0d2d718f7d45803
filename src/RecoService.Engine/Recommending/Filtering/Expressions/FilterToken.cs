using System.Runtime.InteropServices;

namespace RecoService.Engine.Recommending.Filtering.Expressions;

internal enum TokenKind
{
    End,
    Name,

    /// <summary>A name in backticks, which is never a keyword.</summary>
    QuotedName,
    Number,
    Text,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Open,
    Close,
    Comma,
    Dot,
}

/// <summary>A word of an expression.</summary>
/// <param name="Kind">Which sort.</param>
/// <param name="Position">Where it begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Value">A name, or a text without quotes and escapes; else empty.</param>
/// <param name="Number">A number's value.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FilterToken(TokenKind Kind, int Position, int End, string Value = "", double Number = 0)
{
    /// <summary>Whether it is this keyword, in any case.</summary>
    public bool Is(string keyword) => Kind == TokenKind.Name && Value.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    public bool IsKeyword => Kind == TokenKind.Name && Keywords.IsReserved(Value);
}

/// <summary>Words with a meaning of their own, in any case. A name that is one stands in backticks.</summary>
internal static class Keywords
{
    public const string And = "and";
    public const string Or = "or";
    public const string Not = "not";
    public const string In = "in";
    public const string Contains = "contains";
    public const string Is = "is";
    public const string Missing = "missing";
    public const string True = "true";
    public const string False = "false";

    private static readonly string[] All = [And, Or, Not, In, Contains, Is, Missing, True, False];

    public static bool IsReserved(string name) => All.Contains(name, StringComparer.OrdinalIgnoreCase);
}
