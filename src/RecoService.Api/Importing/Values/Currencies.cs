namespace RecoService.Api.Importing.Values;

/// <summary>The signs and codes of currencies beside amounts.</summary>
internal static class Currencies
{
    /// <summary>Longer signs before those that they end or begin with.</summary>
    private static readonly (string Sign, string Code)[] Signs =
    [
        ("US$", "USD"), ("CA$", "CAD"), ("C$", "CAD"), ("AU$", "AUD"), ("A$", "AUD"), ("NZ$", "NZD"), ("HK$", "HKD"), ("S$", "SGD"), ("R$", "BRL"),
        ("MX$", "MXN"), ("NT$", "TWD"), ("$", "USD"), ("€", "EUR"), ("£", "GBP"), ("¥", "JPY"), ("円", "JPY"), ("元", "CNY"), ("₹", "INR"), ("Rs.", "INR"), ("Rs", "INR"),
        ("₽", "RUB"), ("руб.", "RUB"), ("₺", "TRY"), ("₩", "KRW"), ("₪", "ILS"), ("₴", "UAH"), ("₫", "VND"), ("฿", "THB"), ("₱", "PHP"), ("₦", "NGN"),
        ("zł", "PLN"), ("Kč", "CZK"), ("Ft", "HUF"), ("лв.", "BGN"), ("lei", "RON"), ("Fr.", "CHF"), ("Fr", "CHF"),
    ];

    private static readonly string[] Shared = ["kr.", "kr", "Kr.", "Kr"];

    /// <summary>The code that a sign or a code stands for; null when it is neither.</summary>
    public static string? CodeOf(ReadOnlySpan<char> text)
    {
        if (text.Length == 3 && IsCode(text))
            return text.ToString().ToUpperInvariant();
        foreach (var (sign, code) in Signs)
        {
            if (text.SequenceEqual(sign))
                return code;
        }

        return null;
    }

    /// <summary>The amount without the currency before or behind it.</summary>
    public static ReadOnlySpan<char> TakeFrom(ReadOnlySpan<char> text, out string? code, out string? reason)
    {
        code = reason = null;
        var first = text.IndexOfAnyInRange('0', '9');
        var last = text.LastIndexOfAnyInRange('0', '9');
        if (first < 0)
            return text;
        // A sign before the currency, or between it and the amount.
        var before = text[..first].TrimEnd("+-\u2212.,").Trim().TrimStart("+-\u2212").Trim();
        var behind = text[(last + 1)..].Trim().TrimStart(".,").Trim();
        if (before.IsEmpty && behind.IsEmpty)
            return text;
        if (!before.IsEmpty && !behind.IsEmpty)
            return text;
        var found = before.IsEmpty ? behind : before;
        if (Array.IndexOf(Shared, found.ToString()) >= 0)
        {
            reason = $"names no one currency by '{found}'; give the amounts without it, and --set currency=CODE";
            return text;
        }

        code = CodeOf(found);
        if (code is null)
            return text;
        if (before.IsEmpty)
            return text[..text.LastIndexOf(behind)].TrimEnd();
        var at = text.IndexOf(before);
        var sign = text[..at].Trim();
        var amount = text[(at + before.Length)..].TrimStart();
        return sign.IsEmpty ? amount : $"{sign}{amount}";
    }

    private static bool IsCode(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiLetter(character))
                return false;
        }

        return true;
    }
}
