using System.Text;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Lab.Files;

namespace RecoService.Lab.Presets;

/// <summary>Titles and genres of MovieLens 100K: <c>u.item</c>, latin-1, <c>id|title|date|video date|url|</c> and a 0 or 1 for each genre of <c>u.genre</c>.</summary>
internal static class MovieLensContent
{
    private const int GenresFrom = 5;

    /// <summary>Adds what is known of the films; nothing where the folder has no such files.</summary>
    public static void AddTo(SplitBuilder builder, string folder)
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
