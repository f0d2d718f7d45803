using System.Globalization;

namespace RecoService.Storage.Postgres;

/// <summary>Which transactions count as over, as <c>pg_current_snapshot</c> writes it: <c>10:20:10,14</c>.</summary>
/// <param name="First">All before this one are over.</param>
/// <param name="End">This one and all after it are not.</param>
/// <param name="Open">Those between that are not.</param>
internal readonly record struct TransactionSnapshot(long First, long End, long[] Open)
{
    /// <exception cref="FormatException">It is no snapshot.</exception>
    public static TransactionSnapshot Parse(string text) => TryParse(text, out var snapshot) ? snapshot : throw new FormatException($"'{text}' is no snapshot of PostgreSQL.");

    public static bool TryParse(string text, out TransactionSnapshot snapshot)
    {
        snapshot = default;
        var parts = text.Split(':');
        if (parts.Length != 3 || !TryNumber(parts[0], out var first) || !TryNumber(parts[1], out var end))
            return false;
        var words = parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries);
        var open = new long[words.Length];
        for (var position = 0; position < words.Length; position++)
        {
            if (!TryNumber(words[position], out open[position]))
                return false;
        }

        snapshot = new TransactionSnapshot(first, end, open);
        return true;
    }

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
