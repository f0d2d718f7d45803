using System.Globalization;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Numerics;
using RecoService.Lab.Files;
using RecoService.Lab.Presets;

namespace RecoService.Lab.Evaluating;

/// <summary>The data and the protocol that the arguments ask for.</summary>
/// <param name="Name">The preset, or the files.</param>
/// <param name="Parts">A table each.</param>
internal sealed record EvaluationInput(string Name, IReadOnlyList<EvaluationPart> Parts)
{
    private const byte Test = 1;
    private const byte Known = 2;
    private const string OrderNote = "The data have no times: what a user did last is what stands last in the file.";
    private const string LastButOneKnown = "last-but-one-known";

    /// <exception cref="EvaluationArgumentException">The arguments contradict each other or name what is not there.</exception>
    /// <exception cref="InvalidDataException">A file is not as it should be.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static EvaluationInput Load(EvaluationArguments arguments)
    {
        var input = (arguments.Preset, arguments.File, arguments.TrainFile, arguments.TestFile) switch
        {
            ({ } preset, null, null, null) => OfPreset(preset, arguments),
            (null, { } file, null, null) => OfOneFile(file, arguments),
            (null, null, { } train, { } test) => OfTwoFiles(train, test, arguments),
            _ => throw new EvaluationArgumentException("Give --preset NAME, or --train FILE with --test FILE, or --file FILE with --split HOW."),
        };
        return arguments.Part is not { } part ? input
            : part >= 1 && part <= input.Parts.Count ? input with { Parts = [input.Parts[part - 1]] }
            : throw new EvaluationArgumentException($"--part {part} is not there; the parts are 1 to {input.Parts.Count}.");
    }

    private static EvaluationInput OfPreset(string name, EvaluationArguments arguments)
    {
        var preset = EvaluationPreset.All.FirstOrDefault(preset => preset.Name == name)
            ?? throw new EvaluationArgumentException($"There is no preset '{name}'; known are {string.Join(", ", EvaluationPreset.All.Select(preset => preset.Name))}.");
        if (arguments.KnownFile is not null || arguments.ShownFile is not null || arguments.IsNextItem)
            throw new EvaluationArgumentException("A preset has its own protocol and data: --known, --shown and next-item are for files.");
        if (arguments.Split is not null || arguments.Candidates is not null || arguments.Negatives is not null || arguments.Target is not null || arguments.Repeats is not null)
            throw new EvaluationArgumentException("A preset has its own split and protocol: --split, --candidates, --negatives, --repeats and --protocol are for files.");
        return new EvaluationInput(name, [.. preset.Load(FolderOf(preset, arguments)).Select(part => part with { Protocol = Adjusted(part.Protocol, arguments) })]);
    }

    /// <summary>The folder that holds the data of a preset.</summary>
    /// <exception cref="EvaluationArgumentException">It is not there.</exception>
    public static string FolderOf(EvaluationPreset preset, EvaluationArguments arguments)
    {
        var folder = Path.Combine(arguments.DataFolder ?? DefaultDataFolder(), preset.Folder);
        return Directory.Exists(folder) ? folder : throw new EvaluationArgumentException($"The data of preset '{preset.Name}' is not in {folder}; name the folder above it with --data DIR.");
    }

    /// <summary>Whether the data of a preset are there.</summary>
    public static bool HasData(EvaluationArguments arguments) =>
        EvaluationPreset.All.FirstOrDefault(preset => preset.Name == arguments.Preset) is { } preset && Directory.Exists(Path.Combine(arguments.DataFolder ?? DefaultDataFolder(), preset.Folder));

    /// <summary><c>shared/data</c> in the working directory, which is the project's folder under <c>dotnet run</c>, or in the nearest folder above it that has one.</summary>
    private static string DefaultDataFolder()
    {
        var folder = new DirectoryInfo(Directory.GetCurrentDirectory());
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "shared", "data")))
            folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? ".", "shared", "data");
    }

    private static EvaluationInput OfTwoFiles(string train, string test, EvaluationArguments arguments)
    {
        if (arguments.Split is not null)
            throw new EvaluationArgumentException("--split is for --file; --train and --test are split already.");
        if (arguments.IsNextItem && (arguments.KnownFile is not null || TargetOf(arguments) == EvaluationTarget.Ratings))
            throw new EvaluationArgumentException("--protocol next-item judges sessions: it takes no --known and no ratings.");
        var builder = NewBuilder(arguments);
        var hasTimes = AddAll(builder, train, arguments.Format, arguments, part: 0);
        if (arguments.KnownFile is { } known)
            hasTimes &= AddAll(builder, known, arguments.Format, arguments, Known);
        hasTimes &= arguments.IsNextItem ? AddSessions(builder, test, arguments) : AddAll(builder, test, arguments.TestFormat ?? arguments.Format, arguments, Test);
        AddShown(builder, arguments, hasTimes);
        var (all, parts) = builder.Build();
        RequireSeveral(all, $"{train} and {test}");
        var split = new DataSplit(all.Where(Array.ConvertAll(parts, part => part == 0)), all.Where(Array.ConvertAll(parts, part => part == Test)));
        var history = arguments.KnownFile is null && !arguments.IsNextItem ? null : all.Where(Array.ConvertAll(parts, part => part != Test));
        var (name, cut) = arguments.Format == FileFormat.Baskets ? ("last-basket", (data, _) => Splits.LastBasket(data))
            : arguments.IsNextItem ? ("leave-last-out", ValidationCuts.LikeSplit("leave-last-out", split))
            : ValidationCuts.LikeParts(split, hasTimes, arguments.Format == FileFormat.Lists);
        return Of($"{Path.GetFileName(train)}, {Path.GetFileName(test)}", builder, [split], cut, name == "time", arguments, history)
            .WithNote(!hasTimes && name is ("leave-last-out" or "last-basket") ? OrderNote : null);
    }

    /// <summary>A user for every prefix of every session: what came before is known, and the next item is looked for.</summary>
    private static bool AddSessions(SplitBuilder builder, string path, EvaluationArguments arguments)
    {
        var hasTimes = true;
        var sessions = InteractionFile.Read(path, arguments.LayoutOf(arguments.TestFormat ?? arguments.Format)).GroupBy(row => row.User, StringComparer.Ordinal);
        foreach (var session in sessions)
        {
            var rows = session.ToList();
            hasTimes &= rows.TrueForAll(row => row.Time is not null);
            var ordered = rows.TrueForAll(row => row.Time is not null) ? rows.OrderBy(row => row.Time).ToList() : rows;
            for (var length = 1; length < ordered.Count; length++)
            {
                var prefix = string.Create(CultureInfo.InvariantCulture, $"{session.Key}, after {length}");
                foreach (var row in ordered.Take(length))
                    builder.Add(row with { User = prefix, Rating = null }, Known);
                builder.Add(ordered[length] with { User = prefix, Rating = null }, Test);
            }
        }

        return hasTimes;
    }

    /// <exception cref="InvalidDataException">There is one user or one item, as when a file is read in another format than its own.</exception>
    private static void RequireSeveral(InteractionDataset all, string files)
    {
        var items = Enumerable.Range(0, all.Items.Count).Count(item => all.ItemUsers.RowLength(item) > 0);
        if (all.Users.Count < 2 || items < 2)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"{files}: {all.Users.Count} user(s) and {items} item(s) are found, and two of each are needed at least; are --format, --columns and --delimiter right?"));
        }
    }

    private EvaluationInput WithNote(string? note) => note is null ? this : this with { Parts = [.. Parts.Select(part => part with { Notes = [.. part.Notes, note] })] };

    private static EvaluationInput OfOneFile(string file, EvaluationArguments arguments)
    {
        var builder = NewBuilder(arguments);
        var hasTimes = AddAll(builder, file, arguments.Format, arguments, part: 0);
        AddShown(builder, arguments, hasTimes);
        var all = builder.Build().All;
        RequireSeveral(all, file);
        if (arguments.KnownFile is not null || arguments.IsNextItem)
            throw new EvaluationArgumentException("--known and next-item go with --train and --test; of one file, --split last-but-one-known holds the last item out and keeps the one before it from training.");
        var splits = SplitOf(all, arguments.Split, arguments.Seed, hasTimes);
        var isByTime = arguments.Split!.StartsWith("time", StringComparison.Ordinal);
        var history = arguments.Split == LastButOneKnown ? Splits.LeaveLastOut(all, arguments.Seed).TrainAndValidation : null;
        return Of($"{Path.GetFileName(file)}, {arguments.Split}", builder, splits, ValidationCuts.LikeSplit(arguments.Split, splits[0]), isByTime, arguments, history)
            .WithNote(!hasTimes && arguments.Split is ("leave-last-out" or LastButOneKnown or "last-basket") ? OrderNote : null);
    }

    private static SplitBuilder NewBuilder(EvaluationArguments arguments) => new() { CanRepeat = RepeatsOf(arguments) is RepeatRule.Allow or RepeatRule.Only };

    /// <summary>What is taken in baskets is taken again.</summary>
    private static RepeatRule RepeatsOf(EvaluationArguments arguments) => arguments.Repeats ?? (arguments.Format == FileFormat.Baskets ? RepeatRule.Allow : RepeatRule.None);

    /// <summary>Cuts a dataset as <c>--split</c> says.</summary>
    /// <exception cref="EvaluationArgumentException">It says nothing that is known.</exception>
    public static IReadOnlyList<DataSplit> SplitOf(InteractionDataset all, string? how, int seed, bool hasTimes)
    {
        var (name, value) = how?.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals ? (how[..equals], how[(equals + 1)..]) : (how, "");
        var number = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) ? parsed : double.NaN;
        switch (name)
        {
            case "folds" when number is >= 2 and <= 100 && number == Math.Floor(number):
                return [.. Splits.Folds(all, (int)number, seed)];
            case "random" when number is > 0 and < 1:
                return [Splits.RandomPerUser(all, number, seed)];
            case "leave-last-out" when value.Length == 0:
                var split = Splits.LeaveLastOut(all, seed);
                return [new DataSplit(split.TrainAndValidation, split.Test)];
            case LastButOneKnown when value.Length == 0:
                var kept = Splits.LeaveLastOut(all, seed);
                return [new DataSplit(kept.Train, kept.Test)];
            case "last-basket" when value.Length == 0:
                return [Splits.LastBasket(all)];
            case "time" when !hasTimes:
                throw new EvaluationArgumentException("--split time needs times; name their column, as in --columns user,item,time.");
            case "time" when number is > 0 and < 1:
                return [all.SplitByTime(number)];
            case "time" when DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var cut):
                return [Splits.AtTime(all, cut.ToUnixTimeMilliseconds())];
            default:
                throw new EvaluationArgumentException($"--split {how ?? "is missing: it"} is one of folds=5, random=0.2, leave-last-out, last-but-one-known, last-basket, time=0.1, time=2011-11-01.");
        }
    }

    private static EvaluationInput Of(
        string name, SplitBuilder builder, IReadOnlyList<DataSplit> splits, Func<InteractionDataset, int, DataSplit> cutValidation, bool isByTime, EvaluationArguments arguments,
        InteractionDataset? history)
    {
        var target = TargetOf(arguments);
        if (target == EvaluationTarget.Ratings && arguments.Repeats is not null)
            throw new EvaluationArgumentException("--repeats is for lists; add --protocol topn.");
        var repeats = RepeatsOf(arguments);
        var protocol = Adjusted(target == EvaluationTarget.Ratings ? EvaluationProtocol.Ratings : new EvaluationProtocol(target, [10], Repeats: repeats), arguments);
        EvaluationFold FoldOf(DataSplit split, bool isTest)
        {
            if (target == EvaluationTarget.Ratings)
                return EvaluationFold.OfRatings(split);
            // What is known beyond the training is no more to be found than the training itself.
            var fold = isTest && history is not null ? EvaluationFold.OfLists(split with { Train = history }, repeats) with { Train = split.Train, History = history } : EvaluationFold.OfLists(split, repeats);
            return WithCandidates(fold, builder, arguments, isTest);
        }

        return new EvaluationInput(
            name, [new EvaluationPart(name, [.. splits.Select(split => FoldOf(split, isTest: true))], protocol, []) { CutValidation = (train, seed) => FoldOf(cutValidation(train, seed), isTest: false), IsCutByTime = isByTime }]);
    }

    private static EvaluationTarget TargetOf(EvaluationArguments arguments) =>
        arguments.Target ?? (arguments.Format == FileFormat.Ratings ? EvaluationTarget.Ratings : EvaluationTarget.TopN);

    private static EvaluationProtocol Adjusted(EvaluationProtocol protocol, EvaluationArguments arguments)
    {
        if (protocol.Target == EvaluationTarget.Ratings)
            return protocol;
        var cutOffs = arguments.At is { } at ? CutOffsIn(at) : protocol.CutOffs;
        return protocol with
        {
            CutOffs = cutOffs,
            HeadlineCutOff = cutOffs.Contains(protocol.HeadlineCutOff) ? protocol.HeadlineCutOff : cutOffs[0],
            IdealDcg = arguments.IdealDcg ?? protocol.IdealDcg,
            Ties = arguments.Ties ?? protocol.Ties,
        };
    }

    private static IReadOnlyList<int> CutOffsIn(string text)
    {
        var cutOffs = text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var cutOff) ? cutOff : 0).Distinct().Order().ToList();
        return cutOffs[0] >= 1 && cutOffs[^1] <= 10_000 ? cutOffs : throw new EvaluationArgumentException($"--at {text} is no list of lengths as 5,10,20, each 1 to 10000.");
    }

    /// <exception cref="EvaluationArgumentException">The interactions have no times, so nobody can say what was shown before them.</exception>
    private static void AddShown(SplitBuilder builder, EvaluationArguments arguments, bool hasTimes)
    {
        if (arguments.ShownFile is not { } path)
            return;
        if (!hasTimes || arguments.IsNextItem)
            throw new EvaluationArgumentException("--shown takes interactions with times, of users who are not cut into sessions: name the column with --columns.");
        foreach (var row in ExposureFile.Read(path))
            builder.AddShown(row);
    }

    /// <returns>Whether every row has a time.</returns>
    private static bool AddAll(SplitBuilder builder, string path, FileFormat format, EvaluationArguments arguments, byte part)
    {
        var before = builder.Count;
        var hasTimes = true;
        foreach (var row in InteractionFile.Read(path, arguments.LayoutOf(format)))
        {
            // The times of baskets may be no more than their order.
            hasTimes &= row.Time is not null && (format != FileFormat.Baskets || arguments.Columns?.Contains("time", StringComparison.Ordinal) == true);
            if (!(row.Rating < arguments.MinRating))
                builder.Add(TargetOf(arguments) == EvaluationTarget.Ratings ? row : row with { Rating = null }, part);
        }

        return builder.Count > before ? hasTimes : throw new InvalidDataException($"{path}: it holds no interactions.");
    }

    private static EvaluationFold WithCandidates(EvaluationFold fold, SplitBuilder builder, EvaluationArguments arguments, bool isTest) => (arguments.Candidates, arguments.Negatives) switch
    {
        (null, null) => fold,
        (null, { } negatives and >= 1) => fold with { Candidates = SampledNegatives.Draw(fold.Train, fold.Relevant, negatives, arguments.Seed) },
        ({ } path, null) => fold with { Candidates = CandidatesIn(path, fold, builder, arguments, isTest) },
        (null, _) => throw new EvaluationArgumentException("--negatives is at least 1."),
        _ => throw new EvaluationArgumentException("--candidates and --negatives are two ways to the same; give one."),
    };

    /// <summary>The listed items and the relevant ones, since many files list the negatives only; items that no interaction names cannot be ranked and are passed over.</summary>
    private static SparseMatrix CandidatesIn(string path, EvaluationFold fold, SplitBuilder builder, EvaluationArguments arguments, bool isTest)
    {
        var cells = new HashSet<(int User, int Item)>();
        foreach (var row in InteractionFile.Read(path, arguments.LayoutOf(FileFormat.Lists) with { HasHeader = false }))
        {
            if (builder.Users.TryGetKey(row.User, out var userKey) && fold.Train.Users.TryGetIndex(userKey, out var user)
                && builder.Items.TryGetKey(row.Item, out var itemKey) && fold.Train.Items.TryGetIndex(itemKey, out var item))
            {
                cells.Add((user, item));
            }
        }

        var listed = cells.Select(cell => cell.User).ToHashSet();
        for (var user = 0; user < fold.Relevant.RowCount; user++)
        {
            if (isTest && fold.Relevant.RowLength(user) > 0 && !listed.Contains(user))
                throw new InvalidDataException($"{path}: user {fold.Train.Users[user]} has test items but no candidates.");
            foreach (var item in fold.Relevant.RowColumns(user))
                cells.Add((user, item));
        }

        int[] rows = [.. cells.Select(cell => cell.User)];
        int[] columns = [.. cells.Select(cell => cell.Item)];
        return SparseMatrix.FromEntries(fold.Relevant.RowCount, fold.Relevant.ColumnCount, rows, columns, Array.ConvertAll(rows, _ => 1f));
    }
}
