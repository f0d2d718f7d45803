using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Lab.ColdStart;
using RecoService.Lab.Presets;
using Spectre.Console;

namespace RecoService.Lab.Evaluating;

/// <summary>Judges what a shop shows of items and to users that it has no interactions of; see <see cref="ColdSplit"/>.</summary>
/// <param name="choice">Knows the recommenders and their options.</param>
/// <param name="wish">Which recommender, and how many threads.</param>
/// <param name="progress">Where the progress goes.</param>
internal sealed class ColdRun(RecommenderChoice choice, EvaluationWish wish, IAnsiConsole progress)
{
    /// <summary>What can be cold.</summary>
    public const string Items = "items";

    /// <summary>What can be cold.</summary>
    public const string Users = "users";

    private const string DefaultRecommender = "implicit-als";
    private const string Content = "content";
    private const string Popularity = "popularity";
    private const int Length = 20;
    private const int ShortLength = 10;
    private const double NewItemShare = 0.1;

    /// <summary>Cuts the data, trains what the lists need, asks, and compares.</summary>
    /// <param name="cold">Items or users.</param>
    /// <param name="arguments">What the command line says of the data.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EvaluationArgumentException">The arguments contradict each other or name what is not there.</exception>
    /// <exception cref="InvalidDataException">Nothing can be judged.</exception>
    public EvaluationReport Measure(string cold, EvaluationArguments arguments, CancellationToken cancellationToken)
    {
        var all = DataOf(arguments);
        var recommender = wish.Recommenders == "all" ? DefaultRecommender
            : choice.NamesIn(wish.Recommenders, EvaluationTarget.TopN) is [var name] && name != RecommenderChoice.Auto ? name
            : throw new EvaluationArgumentException($"--cold is judged with one recommender, by name: --recommender {DefaultRecommender}, which is the default.");
        var split = cold == Items ? ColdSplit.OfItems(all, arguments.Seed, wish.IsValidation) : ColdSplit.OfUsers(all, arguments.Seed, wish.IsValidation);
        if (split.Questions.Count == 0)
            throw new InvalidDataException("Nothing can be judged: nobody with a history had one of the items that were put aside.");
        var parts = new List<PartReport>();
        progress.Progress().AutoClear(true).HideCompleted(false).Start(bars =>
        {
            var bar = bars.AddTask($"training {recommender}");
            var model = ModelOf(recommender, recommender, split.Train);
            bar.Value = 50;
            parts.AddRange(cold == Items ? PartsOfItems(split, recommender, model) : [PartOfUsers(split, recommender, model)]);
            bar.Value = 100;
        });
        return new EvaluationReport($"{arguments.Preset}, cold {cold}{(wish.IsValidation ? ", a validation part" : "")}", arguments.Seed, wish.Threads, parts)
        {
            Notes = [$"The recommender is {recommender}. Whatever is cold has no interaction in the training part."],
        };

        ServedModel ModelOf(string trainer, string called, InteractionDataset train) => new(
            called, 1, choice.TrainerOf(trainer).Train(train, new TrainingContext(wish.Threads, arguments.Seed, null, cancellationToken)),
            trainer == Content ? ModelRoles.ColdStart : trainer == Popularity ? ModelRoles.Fallback : ModelRoles.Recommender);

        IEnumerable<PartReport> PartsOfItems(ColdSplit items, string called, ServedModel model)
        {
            var (content, popular) = (ModelOf(Content, Content, items.Train), ModelOf(Popularity, Popularity, items.Train));
            yield return Judge(
                $"{items.ColdItems} cold items, ranked among themselves", items, items.Questions, RankingMetric.Recall, Length, [RankingMetric.Ndcg, RankingMetric.HitRate],
                [
                    ColdListMaker.WithoutPlaces($"{called} alone", items, model.Model),
                    ColdListMaker.Random(items, arguments.Seed),
                    ColdListMaker.Of("content", items.StateOf([popular, content], newItemShare: 1)),
                    ColdListMaker.Of("content to factors", items.StateOf([model], newItemShare: 1)),
                    ColdListMaker.Of("both, as served", items.StateOf([model, content], newItemShare: 1)),
                ], "content");
            yield return Judge(
                "all that was held out, ranked among all items", items, items.Mixed, RankingMetric.Recall, Length, [RankingMetric.Ndcg, RankingMetric.HitRate],
                [
                    ColdListMaker.Of($"{called} alone", items.StateOf([model, content], newItemShare: 0)),
                    ColdListMaker.Of("a tenth of each list by content", items.StateOf([model with { Model = WithoutPlaces(model.Model) }, content], NewItemShare)),
                    ColdListMaker.Of("a tenth of each list, as served", items.StateOf([model, content], NewItemShare)),
                ], $"{called} alone");
        }

        PartReport PartOfUsers(ColdSplit users, string called, ServedModel model)
        {
            var popular = ModelOf(Popularity, Popularity, users.Train);
            return Judge(
                $"{users.Questions.Count} cold users with attributes", users, users.Questions, RankingMetric.Ndcg, ShortLength, [RankingMetric.Recall, RankingMetric.HitRate],
                [
                    ColdListMaker.Of(Popularity, users.StateOf([model, popular], newItemShare: 0)),
                    ColdListMaker.Of("attributes to factors", users.StateOf([model], newItemShare: 0), knowsAttributes: true),
                    ColdListMaker.Of("popular among users with the same attributes", users.StateOf([popular with { Roles = ModelRoles.Recommender }], newItemShare: 0), knowsAttributes: true),
                    ColdListMaker.Of("as served", users.StateOf([model, popular], newItemShare: 0), knowsAttributes: true),
                ], Popularity);
        }

        PartReport Judge(
            string what, ColdSplit data, IReadOnlyList<ColdQuestion> questions, RankingMetric headline, int length, IReadOnlyList<RankingMetric> beside, IReadOnlyList<ColdListMaker> makers,
            string versus)
        {
            var outcomes = makers.Select(maker => new RecommenderOutcome(maker.Name, "{}", ColdJudge.Judge(maker, questions, [ShortLength, Length], data.Histories.Items.Count, wish.Threads, cancellationToken), null)).ToList();
            var protocol = new EvaluationProtocol(EvaluationTarget.TopN, [ShortLength, Length], headline, length);
            var figures = new DataFigures(data.Train.Users.Count, data.Histories.Items.Count, data.Train.Count, questions.Sum(question => question.Wanted.Length), Folds: 1, questions.Count);
            var part = PartReport.Of(what, figures, new ProtocolFigures("cold start", [ShortLength, Length], "at-most-k", null, null), protocol, [], outcomes, versus);
            return part with { Shown = [Measures.NameOf(headline, length), .. beside.Select(metric => Measures.NameOf(metric, Length))] };
        }
    }

    private static IScorer WithoutPlaces(IScorer model) => new Unplaced(model);

    private static InteractionDataset DataOf(EvaluationArguments arguments)
    {
        if (arguments.Preset is null || arguments.File is not null || arguments.TrainFile is not null || arguments.TestFile is not null)
            throw new EvaluationArgumentException("--cold needs to know items and users beyond what was done: give --preset NAME.");
        if (arguments.HasProtocol || arguments.Split is not null || arguments.At is not null || arguments.KnownFile is not null || arguments.Part is not null || arguments.TestFormat is not null || arguments.MinRating is not null)
            throw new EvaluationArgumentException("--cold has a split and a protocol of its own: --split, --at, --protocol, --repeats, --candidates, --negatives, --ideal-dcg, --ties, --known, --part, --test-format and --min-rating are not for it.");
        var preset = EvaluationPreset.All.FirstOrDefault(preset => preset.Name == arguments.Preset);
        if (preset is not { Everything: { } everything })
            throw new EvaluationArgumentException($"--cold is judged on presets whose items or users are described: {string.Join(", ", EvaluationPreset.All.Where(known => known.Everything is not null).Select(known => known.Name))}.");
        return everything(EvaluationInput.FolderOf(preset, arguments)).Build().All;
    }

    /// <summary>A recommender that places nothing.</summary>
    private sealed class Unplaced(IScorer model) : IScorer
    {
        public KeyMap Users => model.Users;

        public KeyMap Items => model.Items;

        public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores) => model.Score(user, itemIndexes, scores);

        public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, Engine.Numerics.TopK best) => model.Retrieve(user, blocked, best);

        public bool IsSound() => model.IsSound();

        public IScorer Rebase(KeyMap users, KeyMap items) => new Unplaced(model.Rebase(users, items));
    }
}
