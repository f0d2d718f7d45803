using System.Globalization;

namespace RecoService.Lab.Files;

/// <summary>Reads interactions from pair lists, lists per user, rating files and files of baskets.</summary>
public static class InteractionFile
{
    /// <summary>Interactions in the order of the file.</summary>
    /// <param name="path">A text file, packed with gzip or not.</param>
    /// <param name="layout">How it holds them.</param>
    /// <exception cref="InvalidDataException">A line is not as the layout says; file, line and reason are named.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IEnumerable<FileInteraction> Read(string path, FileLayout layout)
    {
        var columns = layout.Columns ?? layout.Format switch
        {
            FileFormat.Ratings => ["user", "item", "rating", "time"],
            FileFormat.Baskets => ["user", "order", "item", "time"],
            _ => ["user", "item"],
        };
        return layout.Format switch
        {
            FileFormat.Lists => ReadLists(path, layout),
            FileFormat.Baskets => BasketFile.Read(path, () => ReadRows(path, layout, Places.Of(columns, hasOrders: true), columns.Count)),
            _ => ReadRows(path, layout, Places.Of(columns), columns.Count),
        };
    }

    private static IEnumerable<FileInteraction> ReadLists(string path, FileLayout layout)
    {
        foreach (var (number, line) in DelimitedLines.Read(path).Skip(layout.HasHeader ? 1 : 0))
        {
            var fields = DelimitedLines.Fields(line, layout.Delimiter ?? DelimitedLines.DelimiterOf(line));
            // A user without an item says nothing.
            foreach (var item in fields.Skip(1).Where(item => item.Length > 0))
                yield return new FileInteraction(fields[0], item);
        }
    }

    private static IEnumerable<FileInteraction> ReadRows(string path, FileLayout layout, Places positions, int columnCount)
    {
        var delimiter = layout.Delimiter;
        var isFirst = true;
        foreach (var (number, line) in DelimitedLines.Read(path))
        {
            if (isFirst)
                delimiter ??= DelimitedLines.DelimiterOf(line);
            var fields = DelimitedLines.Fields(line, delimiter);
            var isHeader = isFirst && (layout.HasHeader || (positions.Rating is { } rating && rating < fields.Length && !TryNumber(fields[rating], out _)));
            isFirst = false;
            if (layout.IsStrict && fields.Length > columnCount)
                throw Fault(path, number, $"{fields.Length} fields are found, and {columnCount} are named; is the format right? Name every column with --columns, one to pass over as -");
            if (!isHeader)
                yield return Row(path, number, fields, positions);
        }
    }

    private static FileInteraction Row(string path, int number, string[] fields, Places positions)
    {
        if (fields.Length <= positions.LastNeeded)
            throw Fault(path, number, $"{positions.LastNeeded + 1} fields are expected, {fields.Length} found; is the delimiter right?");
        var (user, item) = (fields[positions.User], fields[positions.Item]);
        if (user.Length == 0 || item.Length == 0)
            throw Fault(path, number, $"the {(user.Length == 0 ? "user" : "item")} is empty");

        float? rating = null;
        if (positions.Rating is { } ratingPosition)
        {
            rating = TryNumber(fields[ratingPosition], out var value)
                ? value
                : throw Fault(path, number, $"'{fields[ratingPosition]}' is no rating");
        }

        long? time = null;
        if (positions.Time is { } timePosition && timePosition < fields.Length)
        {
            time = TryTime(fields[timePosition], out var milliseconds)
                ? milliseconds
                : throw Fault(path, number, $"'{fields[timePosition]}' is no time; Unix seconds, Unix milliseconds and ISO 8601 are read");
        }

        return new FileInteraction(user, item, rating, time) { Order = positions.Order is { } order ? fields[order] : null };
    }

    /// <summary>Unix seconds or milliseconds (100,000,000,000 and more are milliseconds: seconds come so far in the year 5138), or ISO 8601, UTC where no zone is named.</summary>
    internal static bool TryTime(string text, out long milliseconds)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            milliseconds = (long)(Math.Abs(number) >= 1e11 ? number : number * 1000);
            return true;
        }

        var isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        milliseconds = isTime ? time.ToUnixTimeMilliseconds() : 0;
        return isTime;
    }

    private static bool TryNumber(string text, out float number) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && float.IsFinite(number);

    private static InvalidDataException Fault(string path, int line, string reason) => new($"{path}, line {line}: {reason}.");

    private sealed record Places(int User, int Item, int? Rating, int? Time, int? Order)
    {
        public int LastNeeded => Math.Max(Math.Max(User, Item), Math.Max(Rating ?? 0, Order ?? 0));

        public static Places Of(IReadOnlyList<string> columns, bool hasOrders = false)
        {
            var names = columns.ToList();
            var (user, item) = (names.IndexOf("user"), names.IndexOf("item"));
            if (user < 0 || item < 0)
                throw new InvalidDataException($"The columns '{string.Join(',', columns)}' name no user or no item.");
            if (hasOrders && !names.Contains("order"))
                throw new InvalidDataException($"The columns '{string.Join(',', columns)}' name no order.");
            return new Places(
                user, item, hasOrders ? null : Optional(names.IndexOf("rating")), Optional(names.IndexOf("time")), hasOrders ? Optional(names.IndexOf("order")) : null);
        }

        private static int? Optional(int position) => position < 0 ? null : position;
    }
}
