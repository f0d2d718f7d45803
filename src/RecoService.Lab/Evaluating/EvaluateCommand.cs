using System.CommandLine;
using System.CommandLine.Parsing;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;
using RecoService.Lab.Files;
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
    private static readonly Dictionary<string, EvaluationTarget> Targets = new(StringComparer.Ordinal) { ["topn"] = EvaluationTarget.TopN, ["ratings"] = EvaluationTarget.Ratings };

    private static readonly Dictionary<string, IdealDcg> Ideals = new(StringComparer.Ordinal) { ["all"] = IdealDcg.AllRelevant, ["at-most-k"] = IdealDcg.AtMostK };

    private static readonly Dictionary<string, TieOrder> TieOrders = new(StringComparer.Ordinal) { ["lower-index"] = TieOrder.LowerIndexFirst, ["as-selected"] = TieOrder.AsSelected };

    /// <param name="trainers">The recommenders there are; asked when the command runs, for workers have to describe theirs.</param>
    /// <param name="output">Where the tables go.</param>
    /// <param name="progress">Where the progress goes.</param>
    public static Command Create(Func<TrainerRegistry> trainers, IAnsiConsole output, IAnsiConsole progress)
    {
        var preset = Text("--preset", $"Public data with its split, protocol and published figures: {string.Join(", ", EvaluationPreset.All.Select(known => known.Name))}");
        var data = Text("--data", "The folder that holds the preset's folder; default shared/data in the working directory or the nearest folder above it");
        var part = new Option<int?>("--part") { Description = "Only this part of a preset, from 1; default all" };
        var train = Text("--train", "A file to learn from");
        var test = Text("--test", "A file to be judged on");
        var file = Text("--file", "One file, to be cut in two by --split");
        var split = Text("--split", "folds=5, random=0.2 (of each user's), leave-last-out, time=0.1 (the newest), time=2011-11-01 (from then on)");
        var format = Word("--format", "What a line is: pairs (user item), lists (user item item ...) or ratings (user item rating [time]); default pairs", EvaluationArguments.Formats.Keys);
        var testFormat = Word("--test-format", "The same for --test, where it differs", EvaluationArguments.Formats.Keys);
        var delimiter = Text("--delimiter", "Between fields: tab, comma, semicolon, pipe, blank or any text; default: what the first line has");
        var columns = Text("--columns", "What the fields are, as user,item,time; user, item, rating and time are known, others are passed over");
        var header = new Option<bool>("--header") { Description = "The first line names the columns" };
        var minRating = new Option<float?>("--min-rating") { Description = "Leave out lower ratings" };
        var protocol = Word("--protocol", "What is judged: topn (lists) or ratings; default ratings for rating files, else topn", Targets.Keys);
        var candidates = Text("--candidates", "A file of lists: rank only these and the test items of each user");
        var negatives = new Option<int?>("--negatives") { Description = "Rank the test items among so many random others for each; for comparison with tables made so" };
        var at = Text("--at", "List lengths, as 5,10,20; default 10, or the preset's");
        var ideal = Word("--ideal-dcg", "The ideal list of nDCG: all test items, or at-most-k of them; default at-most-k, or the preset's", Ideals.Keys);
        var ties = Word("--ties", "Of equal scores the lower-index stands first, or as-selected by a quickselect; default lower-index, or the preset's", TieOrders.Keys);
        var recommender = new Option<string>("--recommender") { Description = $"One or several, comma-separated, or all; auto picks one on a part of the training data: {string.Join(", ", BuiltInTrainers.Registry.Names)}, and those of workers", DefaultValueFactory = _ => "all" };
        var versus = Text("--versus", "Which recommender the others are compared with; default the best");
        var budget = new Option<TimeSpan>("--budget") { Description = "How long auto may try the recommenders, as 00:10:00", DefaultValueFactory = _ => TimeSpan.FromMinutes(10) };
        var options = Text("--options", "A file of recommenders' options, shaped as the service's configuration; default the preset's own");
        var json = Text("--json", "Write all figures to this file");
        var markdown = Text("--markdown", "Write the tables to this file");
        var svg = Text("--svg", "Write a bar chart to this file");
        var threads = new Option<int>("--threads") { Description = "Threads to train and judge with; default all cores", DefaultValueFactory = _ => Environment.ProcessorCount };
        var seed = new Option<int>("--seed") { Description = "Of training and of random splits", DefaultValueFactory = _ => 42 };
        var command = new Command("evaluate", "Train recommenders on one part of a data set and judge them on the other.")
        {
            preset, data, part, train, test, file, split, format, testFormat, delimiter, columns, header, minRating, protocol, candidates, negatives, at, ideal, ties,
            recommender, versus, budget, options, json, markdown, svg, threads, seed,
        };
        command.SetAction((parsed, ct) => Task.FromResult(Run(
            new EvaluationArguments
            {
                Preset = parsed.GetValue(preset),
                DataFolder = parsed.GetValue(data),
                Part = parsed.GetValue(part),
                TrainFile = parsed.GetValue(train),
                TestFile = parsed.GetValue(test),
                File = parsed.GetValue(file),
                Split = parsed.GetValue(split),
                Format = Meant(parsed.GetValue(format), EvaluationArguments.Formats) ?? FileFormat.Pairs,
                TestFormat = Meant(parsed.GetValue(testFormat), EvaluationArguments.Formats),
                Delimiter = parsed.GetValue(delimiter),
                Columns = parsed.GetValue(columns),
                HasHeader = parsed.GetValue(header),
                MinRating = parsed.GetValue(minRating),
                Target = Meant(parsed.GetValue(protocol), Targets),
                Candidates = parsed.GetValue(candidates),
                Negatives = parsed.GetValue(negatives),
                At = parsed.GetValue(at),
                IdealDcg = Meant(parsed.GetValue(ideal), Ideals),
                Ties = Meant(parsed.GetValue(ties), TieOrders),
                Seed = parsed.GetValue(seed),
            },
            new Wish(
                parsed.GetValue(recommender)!, parsed.GetValue(versus), parsed.GetValue(options), parsed.GetValue(json), parsed.GetValue(markdown), parsed.GetValue(svg), parsed.GetValue(threads),
                parsed.GetValue(budget)),
            trainers, output, progress, ct)));
        return command;
    }

    private static int Run(EvaluationArguments arguments, Wish wish, Func<TrainerRegistry> trainers, IAnsiConsole output, IAnsiConsole progress, CancellationToken cancellationToken)
    {
        try
        {
            if (wish.Threads is < 1 or > 1024)
                throw new EvaluationArgumentException("--threads is 1 to 1024.");
            var choice = RecommenderChoice.Load(trainers(), wish.OptionsFile, arguments.Preset);
            _ = choice.NamesIn(wish.Recommenders, EvaluationTarget.TopN);
            var input = EvaluationInput.Load(arguments);
            var report = Measure(input, choice, wish, arguments, progress, cancellationToken);
            Show(report, output);
            cancellationToken.ThrowIfCancellationRequested();
            Write(wish.Json, report.ToJson());
            Write(wish.Markdown, MarkdownReport.Write(report));
            Write(wish.Svg, BarChart.Write(report));
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

    private static EvaluationReport Measure(
        EvaluationInput input, RecommenderChoice choice, Wish wish, EvaluationArguments arguments, IAnsiConsole progress, CancellationToken cancellationToken)
    {
        var plan = input.Parts.Select(part => (Part: part, Names: choice.NamesIn(wish.Recommenders, part.Protocol.Target))).ToList();
        if (wish.Versus is { } versus && plan.Exists(entry => !entry.Names.Contains(versus)))
            throw new EvaluationArgumentException($"--versus {versus} is not among the recommenders that run: {string.Join(", ", plan[0].Names)}.");
        var outcomes = plan.Select(_ => new List<(string Name, string Options, EvaluationResult? Result, string? Failure)>()).ToList();
        var names = plan.SelectMany(entry => entry.Names).Distinct(StringComparer.Ordinal).ToList();
        try
        {
            progress.Progress().AutoClear(true).HideCompleted(false).Start(JudgeAll);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            progress.WriteLine($"Stopped after {outcomes.Sum(judged => judged.Count)} of {plan.Sum(entry => entry.Names.Count)} figures; no file is written.");
        }

        return new EvaluationReport(input.Name, arguments.Seed, wish.Threads, [.. plan.Zip(outcomes).Where(entry => entry.Second.Count > 0).Select(entry => PartReport.Of(entry.First.Part, entry.Second, wish.Versus))]);

        void JudgeAll(ProgressContext bars)
        {
            var bar = bars.AddTask("evaluating", maxValue: names.Count);
            for (var turn = 0; turn < names.Count; turn++)
            {
                var name = names[turn];
                var context = new TrainingContext(wish.Threads, arguments.Seed, new Stages(stage => bar.Description = $"{name}: {stage.Stage}".EscapeMarkup()), cancellationToken);
                var models = new Dictionary<InteractionDataset, TimedModel>();
                for (var place = 0; place < plan.Count; place++)
                {
                    bar.Description = $"{name}: {plan[place].Part.Name}".EscapeMarkup();
                    if (plan[place].Names.Contains(name))
                        outcomes[place].Add(name == RecommenderChoice.Auto ? JudgePicked(plan[place].Part, choice, wish, arguments, context) : Judge(plan[place].Part, name, choice, context, models));
                    bar.Value = turn + ((place + 1.0) / plan.Count);
                }
            }
        }
    }

    private static (string Name, string Options, EvaluationResult? Result, string? Failure) Judge(
        EvaluationPart part, string name, RecommenderChoice choice, TrainingContext context, Dictionary<InteractionDataset, TimedModel> models)
    {
        try
        {
            return (name, choice.Describe(name), new PartEvaluator(TimeProvider.System).Evaluate(part, choice.TrainerOf(name), context, models), null);
        }
        catch (TrainingException exception)
        {
            return (name, choice.Describe(name), null, exception.Message);
        }
    }

    /// <summary>The recommender that does best on a part of the training part, trained on all of it.</summary>
    private static (string Name, string Options, EvaluationResult? Result, string? Failure) JudgePicked(
        EvaluationPart part, RecommenderChoice choice, Wish wish, EvaluationArguments arguments, TrainingContext context)
    {
        try
        {
            var name = choice.Pick(TuningInput.OfPart(part, split: null, arguments.Seed), wish.Budget, context);
            return Judge(part, name, choice, context, []) with { Name = $"{RecommenderChoice.Auto} ({name})" };
        }
        catch (TrainingException exception)
        {
            return (RecommenderChoice.Auto, "{}", null, exception.Message);
        }
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
        }
    }

    private static void Write(string? path, string text)
    {
        if (path is not null)
            File.WriteAllText(path, text);
    }

    private static T? Meant<T>(string? word, IReadOnlyDictionary<string, T> words)
        where T : struct => word is null ? null : words[word];

    private static Option<string?> Text(string name, string description) => new(name) { Description = description };

    private static Option<string?> Word(string name, string description, IEnumerable<string> words)
    {
        var option = Text(name, description);
        option.AcceptOnlyFromAmong([.. words]);
        return option;
    }

    private sealed record Wish(string Recommenders, string? Versus, string? OptionsFile, string? Json, string? Markdown, string? Svg, int Threads, TimeSpan Budget);

    private sealed class Stages(Action<TrainingProgress> show) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => show(value);
    }
}
