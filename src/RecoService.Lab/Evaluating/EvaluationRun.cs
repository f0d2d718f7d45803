using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Tuning;
using RecoService.Lab.Presets;
using RecoService.Lab.Tuning;
using Spectre.Console;

namespace RecoService.Lab.Evaluating;

/// <summary>What is asked of an evaluation beside its data.</summary>
/// <param name="Recommenders">Names, comma-separated; all and auto among them.</param>
/// <param name="Versus">With whom the others are compared; null: the best.</param>
/// <param name="OptionsFile">Of recommenders; null: the preset's own.</param>
/// <param name="Json">Where the figures are written; null: nowhere.</param>
/// <param name="Markdown">Where the tables are written; null: nowhere.</param>
/// <param name="Svg">Where the chart is written; null: nowhere.</param>
/// <param name="Threads">Training and judging.</param>
/// <param name="Budget">Of auto.</param>
/// <param name="AutoCandidates">Whom auto tries, comma-separated; null: all.</param>
/// <param name="MemoryLimitMiB">Of each training; null: no bound.</param>
internal sealed record EvaluationWish(
    string Recommenders, string? Versus, string? OptionsFile, string? Json, string? Markdown, string? Svg, int Threads, TimeSpan Budget, string? AutoCandidates, int? MemoryLimitMiB)
{
    /// <summary>The placement that is judged; null: the recommenders are.</summary>
    public string? Placement { get; init; }

    /// <summary>What is cold, <c>items</c> or <c>users</c>, where lists are judged that know no interactions; null: they are not.</summary>
    public string? Cold { get; init; }

    /// <summary>Whether a placement is judged on a part of the training part.</summary>
    public bool IsValidation { get; init; }

    /// <summary>Whether a policy is evaluated by rounds that another one logged; recommenders are not judged then.</summary>
    public bool IsOffPolicy { get; init; }

    /// <summary>A file of that policy; null for none.</summary>
    public string? PolicyFile { get; init; }

    /// <summary>A log that shows that policy; null for none.</summary>
    public string? PolicyLog { get; init; }
}

/// <summary>Trains and judges recommenders, with a progress bar.</summary>
/// <param name="choice">Knows them and their options.</param>
/// <param name="wish">Whom, and how.</param>
/// <param name="progress">Where the progress goes.</param>
internal sealed class EvaluationRun(RecommenderChoice choice, EvaluationWish wish, IAnsiConsole progress)
{
    /// <summary>With fewer judged users a difference has to be large to be more than chance.</summary>
    private const int FewUsers = 200;

    /// <summary>Judges all, recommender by recommender.</summary>
    /// <param name="input">Data and protocols.</param>
    /// <param name="seed">Of trainings and validation parts.</param>
    /// <param name="keep">Given what has been measured, after each recommender.</param>
    /// <param name="cancellationToken">Ends it with what has been measured.</param>
    /// <exception cref="EvaluationArgumentException">The recommenders do not fit.</exception>
    /// <exception cref="InvalidDataException">Nobody can be judged.</exception>
    public EvaluationReport Measure(EvaluationInput input, int seed, Action<EvaluationReport> keep, CancellationToken cancellationToken)
    {
        var plan = input.Parts.Select(part => (Part: part, Names: choice.NamesIn(wish.Recommenders, part.Protocol.Target))).ToList();
        if (wish.Versus is { } versus && plan.Exists(entry => !entry.Names.Contains(versus)))
            throw new EvaluationArgumentException($"--versus {versus} is not among the recommenders that run: {string.Join(", ", plan[0].Names)}.");
        foreach (var part in input.Parts)
            RequireJudged(part);
        var outcomes = plan.Select(_ => new List<RecommenderOutcome>()).ToList();
        var notes = input.Parts.Select(part => (part.Name, Users: JudgedUsersOf(part))).Where(part => part.Users < FewUsers)
            .Select(part => $"{part.Name}: {part.Users} users are judged; with fewer than {FewUsers} most differences are chance.")
            .Concat(input.Parts.SelectMany(part => part.Notes)).ToList();
        var names = plan.SelectMany(entry => entry.Names).Distinct(StringComparer.Ordinal).ToList();
        try
        {
            progress.Progress().AutoClear(true).HideCompleted(false).Start(JudgeAll);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            progress.WriteLine($"Stopped after {outcomes.Sum(judged => judged.Count)} of {plan.Sum(entry => entry.Names.Count)} figures.");
        }

        return SoFar();

        EvaluationReport SoFar() => new(input.Name, seed, wish.Threads, [.. plan.Zip(outcomes).Where(entry => entry.Second.Count > 0).Select(entry => PartReport.Of(entry.First.Part, entry.Second, wish.Versus))])
        {
            Notes = notes.Count == 0 ? null : [.. notes.Distinct(StringComparer.Ordinal)],
        };

        void JudgeAll(ProgressContext bars)
        {
            var bar = bars.AddTask("evaluating", maxValue: names.Count);
            for (var turn = 0; turn < names.Count; turn++)
            {
                var name = names[turn];
                var context = new TrainingContext(wish.Threads, seed, new Stages(stage => bar.Description = $"{name}: {stage.Stage}".EscapeMarkup()), cancellationToken, NewMemory());
                var models = new Dictionary<InteractionDataset, TimedModel>();
                for (var position = 0; position < plan.Count; position++)
                {
                    bar.Description = $"{name}: {plan[position].Part.Name}".EscapeMarkup();
                    if (plan[position].Names.Contains(name))
                        outcomes[position].Add(name == RecommenderChoice.Auto ? JudgePicked(plan[position].Part, seed, context) : Judge(plan[position].Part, name, context, models));
                    bar.Value = turn + ((position + 1.0) / plan.Count);
                }

                notes.AddRange(context.Notes.Texts);
                // Whoever stops a long evaluation keeps what it has measured.
                keep(SoFar());
            }
        }
    }

    private RecommenderOutcome Judge(EvaluationPart part, string name, TrainingContext context, Dictionary<InteractionDataset, TimedModel> models, object? options = null)
    {
        try
        {
            return new(name, choice.Describe(name, options), new PartEvaluator(TimeProvider.System).Evaluate(part, choice.TrainerOf(name, options), context, models), null);
        }
        catch (TrainingException exception)
        {
            return new(name, choice.Describe(name, options), null, exception.Message);
        }
    }

    /// <summary>The recommender and the options that do best on a part of the training part, trained on all of it.</summary>
    private RecommenderOutcome JudgePicked(EvaluationPart part, int seed, TrainingContext context)
    {
        try
        {
            var settings = new SearchSettings(wish.Budget, Seed: context.Seed, Threads: context.Threads) { FinalTrainings = part.Folds.Count, Memory = NewMemory() };
            var among = wish.AutoCandidates is { } names ? choice.NamesIn(names, part.Protocol.Target) : null;
            var selection = choice.Pick(TuningInput.OfPart(part, split: null, seed, Validation.MaxUsersWithin(wish.Budget)), among, settings, context);
            var picked = selection.Best;
            return Judge(part, picked.Trainer, context, [], picked.Options) with { Name = $"{RecommenderChoice.Auto} ({picked.Trainer})", Selection = SelectionReport.Of(selection, choice) };
        }
        catch (TrainingException exception)
        {
            return new(RecommenderChoice.Auto, "{}", null, exception.Message);
        }
    }

    private TrainingMemory? NewMemory() => wish.MemoryLimitMiB is { } limit ? new TrainingMemory((long)limit << 20) : null;

    private static int JudgedUsersOf(EvaluationPart part) => part.Protocol.Target == EvaluationTarget.Ratings
        ? part.Folds.Sum(fold => Enumerable.Range(0, fold.Holdout.Ratings.RowCount).Count(user => fold.Holdout.Ratings.RowLength(user) > 0))
        : part.Folds.Sum(fold => Enumerable.Range(0, fold.Relevant.RowCount).Count(user => fold.Relevant.RowLength(user) > 0 && fold.History.UserCount(user) > 0));

    /// <exception cref="InvalidDataException">Nobody can be judged.</exception>
    private static void RequireJudged(EvaluationPart part)
    {
        if (JudgedUsersOf(part) == 0)
        {
            throw new InvalidDataException(
                $"{part.Name}: nobody can be judged, for no user has both a history and something held out that is new to them; are the ids of both parts the same, and the format right?");
        }
    }

    private sealed class Stages(Action<TrainingProgress> show) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => show(value);
    }
}
