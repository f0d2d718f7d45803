using System.Globalization;
using RecoService.Lab.Files;
using RecoService.Lab.Placements;
using RecoService.Lab.Presets;

namespace RecoService.Lab.Evaluating;

/// <summary>The dated purchases that a placement is judged on, cut in time.</summary>
/// <param name="Name">The preset, or the file, and the cut.</param>
/// <param name="Split">What is learned from, and what judges.</param>
internal sealed record PlacementInput(string Name, BasketSplit Split)
{
    private const string DefaultSplit = "time=0.2";

    /// <param name="arguments">What the command line says of the data.</param>
    /// <param name="isValidation">Whether the test part is put aside, and the training part cut again in the same way.</param>
    /// <exception cref="EvaluationArgumentException">The arguments contradict each other or name what is not there.</exception>
    /// <exception cref="InvalidDataException">A file is not as it should be.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static PlacementInput Load(EvaluationArguments arguments, bool isValidation)
    {
        var (name, rows) = (arguments.Preset, arguments.File, arguments.TrainFile, arguments.TestFile) switch
        {
            ({ } preset, null, null, null) => (preset, PurchasesOf(preset, arguments)),
            (null, { } file, null, null) => (Path.GetFileName(file), PurchasesIn(file, arguments)),
            _ => throw new EvaluationArgumentException("--placement judges dated purchases: give --preset NAME, or --file FILE with a column for the time."),
        };
        if (arguments.HasProtocol || arguments.KnownFile is not null || arguments.Part is not null || arguments.TestFormat is not null || arguments.MinRating is not null)
            throw new EvaluationArgumentException("A placement has a protocol of its own: --protocol, --repeats, --candidates, --negatives, --ideal-dcg, --ties, --known, --part, --test-format and --min-rating are not for --placement.");
        var how = arguments.Split ?? DefaultSplit;
        var cut = CutOf(how);
        var split = cut(Basket.In(rows));
        return isValidation
            ? new PlacementInput($"{name}, {how}, a validation part of the training part", how.Contains('-', StringComparison.Ordinal) ? throw new EvaluationArgumentException("--validation cuts twice in the same way: it needs a fraction, as --split time=0.2.") : cut(split.Train))
            : new PlacementInput($"{name}, {how}", split);
    }

    private static IEnumerable<FileInteraction> PurchasesOf(string name, EvaluationArguments arguments)
    {
        var preset = EvaluationPreset.All.FirstOrDefault(preset => preset.Name == name);
        if (preset is not { Purchases: { } purchases })
            throw new EvaluationArgumentException($"--placement judges dated purchases, and preset '{name}' has none; {string.Join(", ", EvaluationPreset.All.Where(preset => preset.Purchases is not null).Select(preset => preset.Name))} have.");
        return purchases(EvaluationInput.FolderOf(preset, arguments));
    }

    private static List<FileInteraction> PurchasesIn(string file, EvaluationArguments arguments)
    {
        if (arguments.Format is not (FileFormat.Pairs or FileFormat.Baskets))
            throw new EvaluationArgumentException("--placement judges dated purchases: --format is pairs or baskets, as in --format pairs --columns user,item,time.");
        if (arguments.Columns?.Split(',', StringSplitOptions.TrimEntries).Contains("time", StringComparer.Ordinal) != true)
            throw new EvaluationArgumentException("--placement needs times; name their column, as in --columns user,item,time or --columns user,order,item,time.");
        var rows = InteractionFile.Read(file, arguments.LayoutOf(arguments.Format)).ToList();
        return rows.TrueForAll(row => row.Time is not null) ? rows : throw new InvalidDataException($"{file}: --placement needs a time on every line.");
    }

    private static Func<IReadOnlyList<Basket>, BasketSplit> CutOf(string how)
    {
        var value = how.StartsWith("time=", StringComparison.Ordinal) ? how["time=".Length..] : "";
        if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction) && fraction is > 0 and < 1)
            return baskets => BasketSplit.Newest(baskets, fraction);
        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && value.Contains('-', StringComparison.Ordinal)
            ? baskets => BasketSplit.At(baskets, time.ToUnixTimeMilliseconds())
            : throw new EvaluationArgumentException($"--placement is judged on what came last: --split {how} is not time=0.2 (of the baskets) or time=2011-11-01.");
    }
}
