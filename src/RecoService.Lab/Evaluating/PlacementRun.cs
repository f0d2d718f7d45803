using System.Globalization;
using RecoService.Engine.Computing;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Recommending;
using RecoService.Lab.Placements;
using Spectre.Console;

namespace RecoService.Lab.Evaluating;

/// <summary>Judges a placement beside simple baselines: every list is asked for as a request asks for it, of a state that was built from the training part.</summary>
/// <param name="choice">Knows the recommenders and their options.</param>
/// <param name="wish">Which recommender, and how many threads.</param>
/// <param name="progress">Where the progress goes.</param>
internal sealed class PlacementRun(RecommenderChoice choice, EvaluationWish wish, IAnsiConsole progress)
{
    private const string ItemKnn = "item-knn";
    private const int DefaultLength = 10;

    /// <summary>How a placement is judged.</summary>
    /// <exception cref="EvaluationArgumentException">It is unknown, or purchases say nothing of it.</exception>
    public static PlacementProtocol ProtocolOf(string placement) =>
        PlacementProtocol.All.FirstOrDefault(protocol => protocol.Placement == placement)
        ?? throw new EvaluationArgumentException(
            PlacementProtocol.Unjudged.TryGetValue(placement, out var reason)
                ? $"The placement '{placement}' cannot be judged here: {reason}."
                : $"There is no placement '{placement}' to be judged; known are {string.Join(", ", PlacementProtocol.All.Select(protocol => protocol.Placement))}.");

    /// <summary>Trains what the lists need, asks, and compares.</summary>
    /// <param name="protocol">How the placement is judged.</param>
    /// <param name="input">The purchases.</param>
    /// <param name="at">The length of lists as the command line says it; null: 10.</param>
    /// <param name="seed">Of the training, and of what is left out.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EvaluationArgumentException">The options do not fit.</exception>
    /// <exception cref="InvalidDataException">Nothing can be judged.</exception>
    public EvaluationReport Measure(PlacementProtocol protocol, PlacementInput input, string? at, int seed, CancellationToken cancellationToken)
    {
        var (recommender, length) = (RecommenderName(), LengthOf(at));
        var shop = new JudgedShop(input.Split.Train);
        var asked = protocol.QuestionsOf(input.Split.Test, shop, seed);
        if (asked.Questions.Count == 0)
            throw new InvalidDataException($"Nothing can be judged. {asked.Note}");
        var outcomes = new List<RecommenderOutcome>();
        progress.Progress().AutoClear(true).HideCompleted(false).Start(bars =>
        {
            var bar = bars.AddTask($"training {recommender}");
            var state = StateOf(recommender);
            var makers = protocol.MakersOf(shop, state, recommender == ItemKnn ? state : StateOf(ItemKnn));
            foreach (var maker in makers)
            {
                bar.Description = maker.Name.EscapeMarkup();
                outcomes.Add(new RecommenderOutcome(maker.Name, "{}", new PlacementJudge(TimeProvider.System).Judge(maker, asked.Questions, length, shop.Histories.Items.Count, wish.Threads, cancellationToken), null));
                bar.Value = 100.0 * outcomes.Count / makers.Count;
            }
        });
        var headline = new EvaluationProtocol(EvaluationTarget.TopN, [length], protocol.Headline, length, Repeats: RepeatRule.Allow);
        var (train, heldOut) = (shop.Histories, input.Split.Test.Sum(basket => basket.Items.Count));
        var data = new DataFigures(train.Users.Count, train.Items.Count, train.Count, heldOut, Folds: 1, asked.Questions.Count) { Unit = protocol.Unit };
        var figures = new ProtocolFigures("placement", [length], "at-most-k", null, null) { Repeats = "allow" };
        var part = PartReport.Of($"{protocol.Placement}, {protocol.What}", data, figures, headline, [], outcomes, protocol.Placement);
        var cut = DateTimeOffset.FromUnixTimeMilliseconds(input.Split.CutTime).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return new EvaluationReport(input.Name, seed, wish.Threads, [part with { Shown = [.. new[] { protocol.Headline }.Concat(protocol.Beside).Select(metric => Measures.NameOf(metric, length))] }])
        {
            Notes = [$"The test part begins at {cut} (UTC). {asked.Note} The recommender is {recommender}."],
        };

        ServingState StateOf(string name) => shop.StateOf(name, choice.TrainerOf(name).Train(shop.Histories, new TrainingContext(wish.Threads, seed, null, cancellationToken)));
    }

    private string RecommenderName() => wish.Recommenders == "all" ? ItemKnn
        : choice.NamesIn(wish.Recommenders, EvaluationTarget.TopN) is [var name] && name != RecommenderChoice.Auto ? name
        : throw new EvaluationArgumentException("--placement is judged with one recommender, by name: --recommender item-knn, which is the default.");

    private static int LengthOf(string? at) => at is null ? DefaultLength
        : int.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length is >= 1 and <= 1000 ? length
        : throw new EvaluationArgumentException($"--at {at} is no length of 1 to 1000; a placement is judged at one.");
}
