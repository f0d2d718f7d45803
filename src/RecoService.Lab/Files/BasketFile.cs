using System.IO.Compression;
using System.Text.Json;

namespace RecoService.Lab.Files;

/// <summary>Reads what users took together. All of a basket has one time; baskets of a user without times are a day apart, in the order in which they stand in the file.</summary>
internal static class BasketFile
{
    private const long Day = TimeSpan.MillisecondsPerDay;

    /// <param name="path">JSON, or lines; packed with gzip or not.</param>
    /// <param name="readLines">Reads the lines, with their orders.</param>
    /// <exception cref="InvalidDataException">It is not as the format says.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IEnumerable<FileInteraction> Read(string path, Func<IEnumerable<FileInteraction>> readLines) =>
        InOrder(DelimitedLines.Read(path).FirstOrDefault().Text?.TrimStart().StartsWith('{') == true ? ReadJson(path) : readLines());

    /// <summary>
    /// Gives every order one time, the earliest of its rows. Orders of one user are told apart: one that has the time of another, or none, comes a millisecond or a day
    /// after the one before it in the file.
    /// </summary>
    /// <param name="rows">Each with its order; either all have a time or none counts.</param>
    public static IEnumerable<FileInteraction> InOrder(IEnumerable<FileInteraction> rows)
    {
        var all = rows.ToList();
        var hasTimes = all.TrueForAll(row => row.Time is not null);
        var times = new Dictionary<(string User, string? Order), long>();
        foreach (var user in all.GroupBy(row => row.User, StringComparer.Ordinal))
        {
            var last = long.MinValue;
            foreach (var order in user.GroupBy(row => row.Order, StringComparer.Ordinal).Select(order => (order.Key, Time: order.Min(row => row.Time))).OrderBy(order => hasTimes ? order.Time : null))
            {
                last = !hasTimes ? (last == long.MinValue ? 0 : last + Day) : Math.Max(order.Time!.Value, last == long.MinValue ? long.MinValue : last + 1);
                times.Add((user.Key, order.Key), last);
            }
        }

        return all.Select(row => row with { Time = times[(row.User, row.Order)] });
    }

    private static IEnumerable<FileInteraction> ReadJson(string path)
    {
        var rows = new List<FileInteraction>();
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var isPacked = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
            file.Position = 0;
            using Stream content = isPacked ? new GZipStream(file, CompressionMode.Decompress) : file;
            using var memory = new MemoryStream();
            content.CopyTo(memory);
            var reader = new Utf8JsonReader(memory.GetBuffer().AsSpan(0, (int)memory.Length), new JsonReaderOptions { AllowMultipleValues = true });
            while (reader.Read())
            {
                using var document = JsonDocument.ParseValue(ref reader);
                if (document.RootElement.ValueKind != JsonValueKind.Object)
                    throw new InvalidDataException($"{path}: an object of users and their baskets is expected.");
                if (document.RootElement.TryGetProperty("user", out var user) && document.RootElement.TryGetProperty("baskets", out var baskets))
                    AddUser(rows, path, TextOf(user, path), baskets);
                else
                    AddUsers(rows, path, document.RootElement);
            }
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }

        return rows;
    }

    private static void AddUsers(List<FileInteraction> rows, string path, JsonElement users)
    {
        foreach (var user in users.EnumerateObject())
            AddUser(rows, path, user.Name, user.Value);
    }

    private static void AddUser(List<FileInteraction> rows, string path, string user, JsonElement baskets)
    {
        if (baskets.ValueKind != JsonValueKind.Array)
            throw new InvalidDataException($"{path}: the baskets of user '{user}' are no list.");
        var order = 0;
        foreach (var basket in baskets.EnumerateArray())
        {
            if (basket.ValueKind != JsonValueKind.Array)
                throw new InvalidDataException($"{path}: basket {order + 1} of user '{user}' is no list of items.");
            foreach (var item in basket.EnumerateArray())
                rows.Add(new FileInteraction(user, TextOf(item, path)) { Order = order.ToString(System.Globalization.CultureInfo.InvariantCulture) });
            order++;
        }
    }

    private static string TextOf(JsonElement id, string path) => id.ValueKind switch
    {
        JsonValueKind.String when id.GetString() is { Length: > 0 } text => text,
        JsonValueKind.Number => id.GetRawText(),
        _ => throw new InvalidDataException($"{path}: an id is a text or a number, not {id.GetRawText()}."),
    };
}
