using System.Globalization;

namespace RecoService.Lab.Files;

/// <summary>An item that a user was shown, as a file has it.</summary>
/// <param name="User">Who.</param>
/// <param name="Item">What.</param>
/// <param name="Position">Where in the list, from 1.</param>
/// <param name="IsTouched">Whether it was clicked or bought because of it.</param>
/// <param name="Time">When the list was shown, Unix milliseconds. What a user was shown at one time is one list.</param>
/// <param name="Propensity">How probable it was to stand there, above 0; below 1 where the place was drawn.</param>
public sealed record FileExposure(string User, string Item, int Position, bool IsTouched, long Time, float Propensity);

/// <summary>Lists that users were shown, from a file, packed with gzip or not: delimited lines under a header with <c>user, item, position, touched, time</c> and as wished <c>propensity</c>; others are passed over.</summary>
public static class ExposureFile
{
    private const int MostPositions = 1_000;

    private static readonly string[] Needed = ["user", "item", "position", "touched", "time"];

    /// <summary>In the order of the file.</summary>
    /// <exception cref="InvalidDataException">It cannot be understood; file, line and reason are named.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IEnumerable<FileExposure> Read(string path)
    {
        string[]? header = null;
        string? delimiter = null;
        foreach (var (number, line) in DelimitedLines.Read(path))
        {
            if (header is null)
            {
                delimiter = DelimitedLines.DelimiterOf(line);
                header = DelimitedLines.Fields(line, delimiter);
                if (Array.Find(Needed, name => !header.Contains(name, StringComparer.Ordinal)) is { } missing)
                    throw new InvalidDataException($"{path}: the header names no column '{missing}'. Needed are {string.Join(", ", Needed)}; propensity is read too.");
                continue;
            }

            var fields = DelimitedLines.Fields(line, delimiter);
            if (fields.Length != header.Length)
                throw Fault(path, number, $"{fields.Length} fields are found, and the header has {header.Length}");
            yield return Row(path, number, name => Array.IndexOf(header, name) is >= 0 and var column ? fields[column] : null);
        }
    }

    private static FileExposure Row(string path, int line, Func<string, string?> field)
    {
        var (user, item, time, touched) = (field("user")!, field("item")!, field("time")!, field("touched"));
        if (user.Length == 0 || item.Length == 0)
            throw Fault(path, line, $"the {(user.Length == 0 ? "user" : "item")} is empty");
        if (!int.TryParse(field("position"), NumberStyles.None, CultureInfo.InvariantCulture, out var position) || position is < 1 or > MostPositions)
            throw Fault(path, line, $"the position is '{field("position")}'; it is 1 to {MostPositions}");
        if (touched is not ("0" or "1"))
            throw Fault(path, line, $"touched is '{touched}'; it is 0 or 1");
        if (!InteractionFile.TryTime(time, out var shownAt))
            throw Fault(path, line, $"'{time}' is no time; Unix seconds, Unix milliseconds and ISO 8601 are read");
        var propensity = 1f;
        if (field("propensity") is { } text && !(float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out propensity) && propensity is > 0 and <= 1))
            throw Fault(path, line, $"the propensity is '{text}'; it is above 0 and at most 1");
        return new FileExposure(user, item, position, touched == "1", shownAt, propensity);
    }

    private static InvalidDataException Fault(string path, int line, string reason) => new($"{path}, line {line}: {reason}.");
}
