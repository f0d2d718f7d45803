using System.CommandLine;
using RecoService.Engine.Computing;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;
using RecoService.Lab.Evaluating;
using RecoService.Lab.Files;
using RecoService.Lab.Presets;
using Spectre.Console;

namespace RecoService.Lab.Tuning;

/// <summary>
/// <c>tune</c>: searches a recommender's options on a validation part and writes the best into a file that the service reads, if they gain anything beyond doubt.
/// Ends with 0, with 1 when the data or a file cannot be used, with 2 when the words do not fit together. A cancelled one shows the trials it has, writes
/// nothing, and throws.
/// </summary>
public static class TuneCommand
{
    /// <param name="trainers">The recommenders there are; asked when the command runs, for workers have to describe theirs.</param>
    /// <param name="store">Reads what the service has stored.</param>
    /// <param name="file">The file that the service reads, where the command line names none.</param>
    /// <param name="console">Where progress and the result are shown.</param>
    public static Command Create(Func<TrainerRegistry> trainers, Func<CancellationToken, Task<StoredInput>> store, string file, IAnsiConsole console)
    {
        var recommender = new Option<string>("--recommender") { Description = "Whose options are searched", Required = true };
        var preset = Text("--preset", $"Public data in place of the store's interactions: {string.Join(", ", EvaluationPreset.All.Select(known => known.Name))}");
        var data = Text("--data", "The folder that holds the preset's folder; default shared/data in the working directory or the nearest folder above it");
        var part = new Option<int?>("--part") { Description = "The part of a preset, from 1; default the first" };
        var train = Text("--train", "A file in place of the store's interactions; --split says how a validation part is cut from it");
        var split = Text("--split", "The validation part: random=0.2 (of each user's), leave-last-out, last-basket, time=0.1 (the newest); default as a model run judges, or as the preset's own test part");
        var format = Text("--format", "What a line of the file is: pairs (user item), lists (user item item ...), ratings (user item rating [time]) or baskets (JSON of user and baskets, or user order item [time]); default pairs");
        format.AcceptOnlyFromAmong([.. EvaluationArguments.Formats.Keys]);
        var delimiter = Text("--delimiter", "Between fields of the file: tab, comma, semicolon, pipe, blank or any text; default: what the first line has");
        var columns = Text("--columns", "What the fields of the file are, as user,item,time");
        var header = new Option<bool>("--header") { Description = "The first line of the file names the columns" };
        var minRating = new Option<float?>("--min-rating") { Description = "Leave out lower ratings of the file" };
        var judging = new ProtocolOptions();
        var options = Text("--options", "A file of options to begin with; default the service's settings, or the preset's own options");
        var budget = TimeBudget.Option("How long to search", TimeSpan.FromMinutes(5));
        var trials = new Option<int?>("--trials") { Description = "At most so many configurations begin; default as many as the budget allows" };
        var at = new Option<int>("--at") { Description = "Length of the judged lists; default 10", DefaultValueFactory = _ => 10 };
        var output = new Option<string>("--output") { Description = "The file the best options are written into; what else it says stays", DefaultValueFactory = _ => file };
        var select = new Option<bool>("--select") { Description = "Also make it the recommender that the service's lists come from; without it only options are written" };
        var seed = new Option<int>("--seed") { Description = "Of draws, training and random splits", DefaultValueFactory = _ => 42 };
        var threads = new Option<int>("--threads") { Description = "Threads to train and judge with; default all cores", DefaultValueFactory = _ => Environment.ProcessorCount };
        var command = new Command("tune", "Search a recommender's options, and write the best into a file that the service reads.")
        {
            recommender, preset, data, part, train, split, format, delimiter, columns, header, minRating, options, budget, trials, at, output, select, seed, threads,
        };
        judging.AddTo(command);
        command.SetAction((parsed, ct) => RunAsync(
            judging.Read(parsed, new EvaluationArguments
            {
                Preset = parsed.GetValue(preset),
                DataFolder = parsed.GetValue(data),
                Part = parsed.GetValue(part),
                File = parsed.GetValue(train),
                Split = parsed.GetValue(train) is null ? null : parsed.GetValue(split) ?? (parsed.GetValue(format) == "baskets" ? "last-basket" : "random=0.2"),
                Format = parsed.GetValue(format) is { } word ? EvaluationArguments.Formats[word] : FileFormat.Pairs,
                Delimiter = parsed.GetValue(delimiter),
                Columns = parsed.GetValue(columns),
                HasHeader = parsed.GetValue(header),
                MinRating = parsed.GetValue(minRating),
                At = parsed.GetValue(at).ToString(),
                Seed = parsed.GetValue(seed),
            }),
            new Wish(
                TrainerRegistry.NameOf(parsed.GetValue(recommender)!), parsed.GetValue(split), parsed.GetValue(options), parsed.GetValue(output)!, parsed.GetValue(select), parsed.GetValue(at),
                new SearchSettings(parsed.GetValue(budget), parsed.GetValue(trials), parsed.GetValue(seed), parsed.GetValue(threads))),
            trainers, store, console, ct));
        return command;
    }

    private static async Task<int> RunAsync(EvaluationArguments arguments, Wish wish, Func<TrainerRegistry> trainers, Func<CancellationToken, Task<StoredInput>> store, IAnsiConsole console, CancellationToken cancellationToken)
    {
        try
        {
            Check(wish);
            OptionsFile.Check(wish.Output);
            var registry = trainers();
            _ = registry.OptionsTypeOf(wish.Recommender);
            var (validation, options) = (arguments.Preset, arguments.File) switch
            {
                (null, null) when arguments.HasProtocol =>
                    throw new EvaluationArgumentException("What the service has stored is judged as a model run judges it: --protocol, --repeats, --candidates, --negatives, --ideal-dcg and --ties are for --train."),
                (null, null) => FromStore(registry, wish, await store(cancellationToken)),
                ({ }, null) => (TuningInput.OfPreset(arguments, wish.Split), OptionsOf(registry, wish, arguments.Preset)),
                (null, { }) => (TuningInput.OfFile(arguments), OptionsOf(registry, wish, preset: null)),
                _ => throw new EvaluationArgumentException("Give --preset or --train, not both."),
            };
            var result = Search(registry, wish, validation, options, console, cancellationToken);
            TuningTable.Show(console, registry, wish.Recommender, validation, result);
            Write(result, registry, wish, validation, console);
            return 0;
        }
        catch (Exception exception) when (exception is EvaluationArgumentException or ArgumentException)
        {
            console.WriteLine(exception.Message);
            return 2;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException or TrainingException)
        {
            console.WriteLine(exception.Message);
            return 1;
        }
    }

    private static void Write(SearchResult result, TrainerRegistry registry, Wish wish, Validation validation, IAnsiConsole console)
    {
        var path = Path.GetFullPath(wish.Output);
        if (!Gains(result, validation))
        {
            console.WriteLine($"The best options gain nothing beyond doubt over the first, so nothing is written to {path}. A longer --budget or more interactions may tell them apart.");
            return;
        }

        OptionsFile.Write(path, wish.Recommender, registry.Serialize(wish.Recommender, result.Best.Options), wish.Selects);
        console.WriteLine(wish.Selects
            ? $"The best options are written to {path}, and '{wish.Recommender}' is the recommender from the service's next start on."
            : $"The best options are written to {path}. Which recommender makes the lists stays as it is; --select would change it.");
    }

    /// <summary>The whole interval of the difference lies on the better side of 0; where the first configuration gives no model, any that does is a gain.</summary>
    private static bool Gains(SearchResult result, Validation validation) => result.Difference is not { Interval: var interval }
        || (validation.IsOfRatings ? interval.High < 0 : interval.Low > 0);

    private static void Check(Wish wish)
    {
        if (wish.Search.Threads is < 1 or > 1024)
            throw new EvaluationArgumentException("--threads is 1 to 1024.");
        TimeBudget.Check(wish.Search.Budget);
        if (wish.Search.MaxTrials < 1)
            throw new EvaluationArgumentException("--trials is at least 1.");
    }

    /// <summary>Lists are what the service makes; a trainer that only predicts ratings is judged by those.</summary>
    private static (Validation Validation, object Options) FromStore(TrainerRegistry registry, Wish wish, StoredInput stored)
    {
        var protocol = registry.TargetOf(wish.Recommender) == TrainerTarget.Ratings
            ? EvaluationProtocol.Ratings
            : new EvaluationProtocol(EvaluationTarget.TopN, [wish.At], HeadlineCutOff: wish.At, Repeats: RepeatRule.AsServed);
        var configured = stored.Trainers.GetValueOrDefault(wish.Recommender);
        return (
            TuningInput.OfStore(stored, protocol, wish.Split, wish.Search.Seed),
            wish.OptionsFile is null && configured is not null ? configured : OptionsOf(registry, wish, preset: null));
    }

    private static object OptionsOf(TrainerRegistry registry, Wish wish, string? preset) =>
        RecommenderChoice.Load(registry, wish.OptionsFile, preset).OptionsOf(wish.Recommender);

    private static SearchResult Search(
        TrainerRegistry registry, Wish wish, Validation validation, object options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        if (registry.TargetOf(wish.Recommender) is var target && target != TrainerTarget.Both && target != validation.Target)
            throw new EvaluationArgumentException($"'{wish.Recommender}' is not made for what this data judges: {validation.MeasureName}.");
        HyperparameterSearch? search = null;
        try
        {
            return console.Progress().AutoClear(true).Start(bars =>
            {
                var bar = bars.AddTask("tuning", maxValue: 1);
                var progress = new Bar(step =>
                {
                    bar.Value = step.Fraction;
                    bar.Description = $"best {validation.MeasureName} {step.Best?.ToString("F4") ?? "unknown"}, {step.Doing}".EscapeMarkup();
                });
                search = new HyperparameterSearch(registry, wish.Recommender, options, validation, wish.Search, TimeProvider.System, progress);
                return search.Run(cancellationToken);
            });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (search?.SoFar is { } partial)
                TuningTable.Show(console, registry, wish.Recommender, validation, partial);
            console.WriteLine("Stopped before the end of the search; nothing is written.");
            throw;
        }
    }

    private static Option<string?> Text(string name, string description) => new(name) { Description = description };

    private sealed record Wish(string Recommender, string? Split, string? OptionsFile, string Output, bool Selects, int At, SearchSettings Search);

    private sealed class Bar(Action<SearchProgress> show) : IProgress<SearchProgress>
    {
        public void Report(SearchProgress value) => show(value);
    }
}
