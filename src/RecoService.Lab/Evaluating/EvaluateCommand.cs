using System.CommandLine;
using System.CommandLine.Parsing;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;
using RecoService.Lab.Files;
using RecoService.Lab.Placements;
using RecoService.Lab.Presets;
using RecoService.Lab.Tuning;
using Spectre.Console;

namespace RecoService.Lab.Evaluating;

/// <summary>
/// <c>evaluate</c>: trains recommenders on the training part of a preset or of any files, judges them on the rest, and shows the figures beside published ones.
/// Ends with 0, with 1 when a file cannot be used or no recommender could be judged, with 2 when the words do not fit together. A cancelled one shows the figures
/// it has, writes no file, and throws.
/// </summary>
public static class EvaluateCommand
{
    /// <param name="trainers">The recommenders there are; asked when the command runs, for workers have to describe theirs.</param>
    /// <param name="output">Where the tables go.</param>
    /// <param name="progress">Where the progress goes.</param>
    public static Command Create(Func<TrainerRegistry> trainers, IAnsiConsole output, IAnsiConsole progress)
    {
        var suite = new Option<bool>("--suite") { Description = "Every preset whose data are there, by auto: one page that holds it against the published figures" };
        var preset = Text("--preset", $"Public data with its split, protocol and published figures: {string.Join(", ", EvaluationPreset.All.Select(known => known.Name))}");
        var data = Text("--data", "The folder that holds the preset's folder; default shared/data in the working directory or the nearest folder above it");
        var part = new Option<int?>("--part") { Description = "Only this part of a preset, from 1; default all" };
        var train = Text("--train", "A file to learn from");
        var test = Text("--test", "A file to be judged on");
        var file = Text("--file", "One file, to be cut in two by --split");
        var split = Text("--split", "folds=5, random=0.2 (of each user's), leave-last-out, last-basket, time=0.1 (the newest), time=2011-11-01 (from then on)");
        var format = ProtocolOptions.Word("--format", "What a line is: pairs (user item), lists (user item item ...), ratings (user item rating [time]) or baskets (JSON of user and baskets, or user order item [time]); default pairs", EvaluationArguments.Formats.Keys);
        var testFormat = ProtocolOptions.Word("--test-format", "The same for --test, where it differs", EvaluationArguments.Formats.Keys);
        var delimiter = Text("--delimiter", "Between fields: tab, comma, semicolon, pipe, blank or any text; default: what the first line has");
        var columns = Text("--columns", "What the fields are, as user,item,time; user, order, item, rating and time are known, others are passed over");
        var header = new Option<bool>("--header") { Description = "The first line names the columns" };
        var minRating = new Option<float?>("--min-rating") { Description = "Leave out lower ratings" };
        var known = Text("--known", "A file of what is known of the users when lists are made, and not learned from; with --train and --test");
        var shown = Text("--shown", "A file of the lists that users were shown, with a header: user,item,position,touched,time and, where places were drawn, propensity; for recommenders that learn from it");
        var at = Text("--at", "List lengths, as 5,10,20; default 10, or the preset's");
        var recommender = new Option<string>("--recommender") { Description = $"One or several, comma-separated, or all; auto picks one on a part of the training data: {string.Join(", ", BuiltInTrainers.Registry.Names)}, and those of workers", DefaultValueFactory = _ => "all" };
        var versus = Text("--versus", "Which recommender the others are compared with; default the best");
        var budget = TimeBudget.Option("How long auto may take to try recommenders and their options and to train what it picks", TimeSpan.FromMinutes(5));
        var autoCandidates = Text("--auto-candidates", "Which recommenders auto tries, comma-separated; default all that suit the protocol");
        var memoryLimit = new Option<int?>("--memory-limit") { Description = "How many MiB each training may take; one that needs more fails, and auto leaves it out; default no bound" };
        var options = Text("--options", "A file of recommenders' options, shaped as the service's configuration; default the preset's own");
        var json = Text("--json", "Write all figures to this file");
        var markdown = Text("--markdown", "Write the tables to this file");
        var svg = Text("--svg", "Write a bar chart to this file");
        var placement = Text("--placement", $"Judge a placement of the service on dated purchases, beside simple baselines: {string.Join(", ", PlacementProtocol.All.Select(known => known.Placement))}; --split time=0.2 (of the baskets) or time=2011-11-01, and --recommender names one, item-knn by default");
        var cold = ProtocolOptions.Word("--cold", "Judge lists of items, or for users, that have no interactions: all those of a fifth of the items, or of the users, are held out; --recommender names one, implicit-als by default", [ColdRun.Items, ColdRun.Users]);
        var validation = new Option<bool>("--validation") { Description = "With --placement or --cold: put the test part aside and judge on a part cut from the training part in the same way, to choose by" };
        var threads = new Option<int>("--threads") { Description = "Threads to train and judge with; default all cores", DefaultValueFactory = _ => Environment.ProcessorCount };
        var seed = new Option<int>("--seed") { Description = "Of training and of random splits", DefaultValueFactory = _ => 42 };
        var policy = Text("--policy", "With --protocol off-policy: a file of the evaluated policy, with columns action, probability and as wished position; default what the rounds say");
        var policyLog = Text("--policy-log", "With --protocol off-policy: rounds of another log; how often it shows each action (by position) is the evaluated policy");
        var judging = new ProtocolOptions(withOffPolicy: true);
        var command = new Command("evaluate", "Train recommenders on one part of a data set and judge them on the other.")
        {
            suite, preset, data, part, train, test, file, split, format, testFormat, delimiter, columns, header, minRating, known, shown, at,
            recommender, versus, budget, autoCandidates, memoryLimit, options, json, markdown, svg, placement, cold, validation, policy, policyLog, threads, seed,
        };
        judging.AddTo(command);
        command.SetAction((parsed, ct) => Task.FromResult(Run(
            judging.Read(parsed, new EvaluationArguments
            {
                Preset = parsed.GetValue(preset),
                DataFolder = parsed.GetValue(data),
                Part = parsed.GetValue(part),
                TrainFile = parsed.GetValue(train),
                TestFile = parsed.GetValue(test),
                File = parsed.GetValue(file),
                Split = parsed.GetValue(split),
                Format = ProtocolOptions.Meant(parsed.GetValue(format), EvaluationArguments.Formats) ?? FileFormat.Pairs,
                TestFormat = ProtocolOptions.Meant(parsed.GetValue(testFormat), EvaluationArguments.Formats),
                Delimiter = parsed.GetValue(delimiter),
                Columns = parsed.GetValue(columns),
                HasHeader = parsed.GetValue(header),
                MinRating = parsed.GetValue(minRating),
                KnownFile = parsed.GetValue(known),
                ShownFile = parsed.GetValue(shown),
                At = parsed.GetValue(at),
                Seed = parsed.GetValue(seed),
            }),
            parsed.GetValue(suite),
            new EvaluationWish(
                parsed.GetValue(recommender)!, parsed.GetValue(versus), parsed.GetValue(options), parsed.GetValue(json), parsed.GetValue(markdown), parsed.GetValue(svg), parsed.GetValue(threads),
                parsed.GetValue(budget), parsed.GetValue(autoCandidates), parsed.GetValue(memoryLimit))
            {
                Placement = parsed.GetValue(placement),
                Cold = parsed.GetValue(cold),
                IsValidation = parsed.GetValue(validation),
                IsOffPolicy = judging.IsOffPolicy(parsed),
                PolicyFile = parsed.GetValue(policy),
                PolicyLog = parsed.GetValue(policyLog),
            },
            trainers, output, progress, ct)));
        return command;
    }

    private static int Run(EvaluationArguments arguments, bool isSuite, EvaluationWish wish, Func<TrainerRegistry> trainers, IAnsiConsole output, IAnsiConsole progress, CancellationToken cancellationToken)
    {
        try
        {
            if (wish.Threads is < 1 or > 1024)
                throw new EvaluationArgumentException("--threads is 1 to 1024.");
            TimeBudget.Check(wish.Budget);
            if (wish.IsOffPolicy)
                return RunOffPolicy(arguments, isSuite, wish, output, progress, cancellationToken);
            if (wish.PolicyFile is not null || wish.PolicyLog is not null)
                throw new EvaluationArgumentException("--policy and --policy-log go with --protocol off-policy.");
            if (wish.Cold is { } cold)
                return RunCold(cold, arguments, isSuite, wish, trainers(), output, progress, cancellationToken);
            if (wish.Placement is { } placement)
                return RunPlacement(placement, arguments, isSuite, wish, trainers(), output, progress, cancellationToken);
            if (wish.IsValidation)
                throw new EvaluationArgumentException("--validation goes with --placement or --cold.");
            if (isSuite)
                return RunSuite(arguments, wish, trainers(), output, progress, cancellationToken);
            var choice = RecommenderChoice.Load(trainers(), wish.OptionsFile, arguments.Preset);
            if (wish.MemoryLimitMiB < 1)
                throw new EvaluationArgumentException("--memory-limit is at least 1.");
            _ = choice.NamesIn(wish.Recommenders, EvaluationTarget.TopN);
            var input = EvaluationInput.Load(arguments);
            var report = new EvaluationRun(choice, wish, progress).Measure(input, arguments.Seed, soFar => WriteAll(soFar, wish), cancellationToken);
            Show(report, output);
            cancellationToken.ThrowIfCancellationRequested();
            return report.Parts.All(part => part.Rows.Any(row => row.Failure is null)) ? 0 : 1;
        }
        catch (EvaluationArgumentException exception)
        {
            progress.WriteLine(exception.Message);
            return 2;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            progress.WriteLine(exception.Message);
            return 1;
        }
    }

    private static int RunOffPolicy(EvaluationArguments arguments, bool isSuite, EvaluationWish wish, IAnsiConsole output, IAnsiConsole progress, CancellationToken cancellationToken)
    {
        if (isSuite || wish.Placement is not null || wish.Cold is not null || wish.IsValidation || wish.Versus is not null || wish.OptionsFile is not null || wish.Svg is not null)
            throw new EvaluationArgumentException("--protocol off-policy judges no recommender: it takes no --suite, --placement, --cold, --validation, --versus, --options or --svg.");
        var report = new OffPolicyRun(wish.PolicyFile, wish.PolicyLog, progress).Measure(arguments, cancellationToken);
        Write(wish.Json, report.ToJson());
        Write(wish.Markdown, MarkdownReport.Write(report));
        ShowGrid(report.Title, report.ToGrid(), output);
        foreach (var line in report.Notes.Prepend(report.DataLine))
            output.WriteLine(line);
        return 0;
    }

    private static int RunCold(
        string cold, EvaluationArguments arguments, bool isSuite, EvaluationWish wish, TrainerRegistry registry, IAnsiConsole output, IAnsiConsole progress, CancellationToken cancellationToken)
    {
        if (isSuite || wish.Placement is not null || wish.Versus is not null || wish.AutoCandidates is not null || wish.MemoryLimitMiB is not null)
            throw new EvaluationArgumentException("--cold is compared with its own baselines: it takes no --suite, --placement, --versus, --auto-candidates or --memory-limit.");
        var report = new ColdRun(RecommenderChoice.Load(registry, wish.OptionsFile, arguments.Preset), wish, progress).Measure(cold, arguments, cancellationToken);
        WriteAll(report, wish);
        Show(report, output);
        return 0;
    }

    private static int RunPlacement(
        string placement, EvaluationArguments arguments, bool isSuite, EvaluationWish wish, TrainerRegistry registry, IAnsiConsole output, IAnsiConsole progress, CancellationToken cancellationToken)
    {
        if (isSuite || wish.Versus is not null || wish.AutoCandidates is not null || wish.MemoryLimitMiB is not null)
            throw new EvaluationArgumentException("--placement is compared with its own baselines: it takes no --suite, --versus, --auto-candidates or --memory-limit.");
        var protocol = PlacementRun.ProtocolOf(placement);
        var run = new PlacementRun(RecommenderChoice.Load(registry, wish.OptionsFile, arguments.Preset), wish, progress);
        var report = run.Measure(protocol, PlacementInput.Load(arguments, wish.IsValidation), arguments.At, arguments.Seed, cancellationToken);
        WriteAll(report, wish);
        Show(report, output);
        return 0;
    }

    private static int RunSuite(EvaluationArguments arguments, EvaluationWish wish, TrainerRegistry registry, IAnsiConsole output, IAnsiConsole progress, CancellationToken cancellationToken)
    {
        if (arguments.Preset is not null || arguments.File is not null || arguments.TrainFile is not null || arguments.TestFile is not null || wish.Svg is not null)
            throw new EvaluationArgumentException("--suite runs the presets by itself: it takes no --preset, no files and no --svg.");
        var suite = new SuiteReport(arguments.Seed, wish.Threads, [], []);
        foreach (var preset in EvaluationPreset.All)
        {
            var asked = arguments with { Preset = preset.Name };
            if (!EvaluationInput.HasData(asked))
            {
                suite = suite with { Missing = [.. suite.Missing, preset.Name] };
                continue;
            }

            progress.WriteLine($"{preset.Name}:");
            var run = new EvaluationRun(RecommenderChoice.Load(registry, wish.OptionsFile, preset.Name), wish with { Recommenders = $"{TrainerRegistry.Baseline},{RecommenderChoice.Auto}", Versus = null }, progress);
            var before = suite;
            suite = before.With(run.Measure(EvaluationInput.Load(asked), arguments.Seed, _ => { }, cancellationToken));
            Write(wish.Json, suite.ToJson());
            Write(wish.Markdown, MarkdownReport.Write(suite));
            cancellationToken.ThrowIfCancellationRequested();
        }

        ShowGrid("Published figures and auto", SuiteGrid.Of(suite), output);
        foreach (var missing in suite.Missing)
            output.WriteLine($"{missing}: its data are not there.");
        return suite.Rows.Count > 0 ? 0 : 1;
    }

    private static void WriteAll(EvaluationReport report, EvaluationWish wish)
    {
        Write(wish.Json, report.ToJson());
        Write(wish.Markdown, MarkdownReport.Write(report));
        Write(wish.Svg, BarChart.Write(report));
    }

    private static void Show(EvaluationReport report, IAnsiConsole output)
    {
        foreach (var part in report.Parts)
        {
            var grid = ReportGrid.Of(part);
            var table = new Table { Title = new TableTitle($"{report.Data}: {part.Name}".EscapeMarkup()) };
            foreach (var column in grid.Columns)
                table.AddColumn(new TableColumn(column.EscapeMarkup()) { Alignment = column == "recommender" ? Justify.Left : Justify.Right });
            foreach (var row in grid.Rows)
                table.AddRow([.. row.Select(cell => cell.EscapeMarkup())]);
            output.Write(table);
            output.WriteLine(ReportGrid.DataLine(part));
            if (part.Selection is not { } selection)
                continue;
            ShowGrid(SelectionGrid.Title, SelectionGrid.Of(selection), output);
            if (selection.GivenUp is { } givenUp)
                output.WriteLine(givenUp);
        }

        foreach (var note in report.Parts.Count > 0 ? report.Notes ?? [] : [])
            output.WriteLine(note);
    }

    private static void ShowGrid(string title, ReportGrid grid, IAnsiConsole output)
    {
        var table = new Table { Title = new TableTitle(title.EscapeMarkup()) };
        foreach (var column in grid.Columns)
            table.AddColumn(new TableColumn(column.EscapeMarkup()));
        foreach (var row in grid.Rows)
            table.AddRow([.. row.Select(cell => cell.EscapeMarkup())]);
        output.Write(table);
    }

    private static void Write(string? path, string text)
    {
        if (path is not null)
            File.WriteAllText(path, text);
    }

    private static Option<string?> Text(string name, string description) => new(name) { Description = description };
}
