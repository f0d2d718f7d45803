using System.Globalization;
using System.Text;

namespace RecoService.Storage;

/// <param name="Items">At most as many as were asked for.</param>
/// <param name="Next">The cursor of the next page, opaque; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>A cursor that this store did not write.</summary>
public sealed class InvalidCursorException() : Exception("The cursor is not one that a list of this service returned.");

internal static class Cursor
{
    public static string Encode(params ReadOnlySpan<long> values)
    {
        var text = new StringBuilder();
        foreach (var value in values)
            text.Append(text.Length == 0 ? "" : ".").Append(value.ToString(CultureInfo.InvariantCulture));
        return Convert.ToBase64String(Encoding.ASCII.GetBytes(text.ToString())).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    /// <summary>The values of a cursor, or null where there is none.</summary>
    /// <exception cref="InvalidCursorException">It is unreadable.</exception>
    public static long[]? Decode(string? cursor, int count)
    {
        if (cursor is null)
            return null;

        try
        {
            var padded = cursor.Replace('-', '+').Replace('_', '/') + new string('=', (4 - cursor.Length % 4) % 4);
            var values = Encoding.ASCII.GetString(Convert.FromBase64String(padded)).Split('.')
                .Select(part => long.Parse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)).ToArray();
            return values.Length == count ? values : throw new InvalidCursorException();
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new InvalidCursorException();
        }
    }

    /// <summary>Cuts a list read with one row too many into a page.</summary>
    public static Page<T> Cut<T>(List<T> rows, int limit, Func<T, string> cursorOf)
    {
        if (rows.Count <= limit)
            return new Page<T>(rows, null);
        rows.RemoveRange(limit, rows.Count - limit);
        return new Page<T>(rows, cursorOf(rows[^1]));
    }
}
