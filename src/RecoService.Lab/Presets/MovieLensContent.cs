using System.Globalization;
using System.Text;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Lab.Files;

namespace RecoService.Lab.Presets;

/// <summary>
/// Titles and genres of MovieLens 100K: <c>u.item</c>, latin-1, <c>id|title|date|video date|url|</c> and a 0 or 1 for each genre of <c>u.genre</c>; and its users:
/// <c>u.user</c>, <c>id|age|gender|occupation|zip code</c>, without the zip code, which hardly two of them share.
/// </summary>
internal static class MovieLensContent
{
    private const int GenresFrom = 5;
    private const int UserFields = 4;

    /// <summary>Adds what is known of the films and of the users; nothing where the folder has no such files.</summary>
    public static void AddTo(SplitBuilder builder, string folder)
    {
        AddFilms(builder, folder);
        AddUsers(builder, folder);
    }

    private static void AddUsers(SplitBuilder builder, string folder)
    {
        var users = Path.Combine(folder, "u.user");
        if (!File.Exists(users))
            return;
        foreach (var (number, text) in DelimitedLines.Read(users))
        {
            var fields = text.Split('|');
            if (fields.Length < UserFields || !double.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var age))
                throw new InvalidDataException($"{users}, line {number}: id, age, gender and occupation are expected.");
            builder.AddUserContent(fields[0], new UserContent { Attributes = [$"gender={fields[2]}", $"occupation={fields[3]}"], Numbers = [new UserNumber("age", age)] });
        }
    }

    private static void AddFilms(SplitBuilder builder, string folder)
    {
        var (items, genres) = (Path.Combine(folder, "u.item"), Path.Combine(folder, "u.genre"));
        if (!File.Exists(items) || !File.Exists(genres))
            return;

        var names = DelimitedLines.Read(genres).Select(line => line.Text.Split('|')[0]).ToList();
        foreach (var (number, text) in DelimitedLines.Read(items, Encoding.Latin1))
        {
            var fields = text.Split('|');
            if (fields.Length < GenresFrom + names.Count)
                throw new InvalidDataException($"{items}, line {number}: {GenresFrom + names.Count} fields are expected, {fields.Length} found.");
            builder.AddContent(fields[0], new ItemContent
            {
                Title = fields[1],
                Categories = [.. names.Where((_, genre) => fields[GenresFrom + genre] == "1")],
            });
        }
    }
}
