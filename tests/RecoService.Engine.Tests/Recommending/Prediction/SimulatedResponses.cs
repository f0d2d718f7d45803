using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Prediction;

namespace RecoService.Engine.Tests.Recommending.Prediction;

/// <summary>
/// A shop of 40 items in four categories whose users click with known probabilities: (look at the position) x (the item's own) x (twice in the user's own category) x (half by phone), and buy
/// three in ten of what they click. Users have bought five items of their category before.
/// </summary>
internal sealed class SimulatedResponses
{
    public const int Items = 40;
    public const int Users = 200;
    public const long Day = 86_400_000;

    /// <summary>The first list.</summary>
    public const long Start = 100 * Day;

    private const int Categories = 4;

    private static readonly double[] Looks = [1, 0.8, 0.65, 0.5, 0.45, 0.35, 0.3, 0.25, 0.2, 0.2];

    private readonly SeededRandom random = new(7, 3);

    public LiveResponsePredictor Live { get; } = new();

    /// <param name="placements">Null: the built-in ones.</param>
    /// <param name="done">What users did beside their purchases; null: nothing.</param>
    /// <param name="costAttribute">Where costs are looked for.</param>
    public ServingState State(IReadOnlyList<Placement>? placements = null, IReadOnlyList<ServedInteraction>? done = null, string costAttribute = "cost") => new(
        [], [.. Enumerable.Range(0, Users).Select(user => (user, $"u{user}"))],
        CatalogueBuilder.Of(Enumerable.Range(0, Items).Select(item => new ServedItem(item, $"i{item}", Record(item)))),
        Histories(done ?? []), new ServingOptions { Responses = Live, Placements = placements, CostAttribute = costAttribute });

    /// <summary>0..1: of an item at the first position.</summary>
    public static double ClickProbability(int user, int item, bool byPhone) => (0.02 + (0.2 * (item % 10) / 10)) * (user % Categories == item % Categories ? 2 : 1) * (byPhone ? 0.5 : 1);

    public static double PurchaseProbability(int user, int item, bool byPhone) => 0.3 * ClickProbability(user, item, byPhone);

    /// <summary>Lists of ten items in random order, ten minutes from one to the next.</summary>
    /// <param name="lists">How many.</param>
    /// <param name="clickProbability">Of a user, an item and a device; null: as the shop has it.</param>
    public List<ListOutcome> Show(int lists, Func<int, int, bool, double>? clickProbability = null)
    {
        var draws = random;
        var (outcomes, order) = (new List<ListOutcome>(), Enumerable.Range(0, Items).ToArray());
        for (var list = 0; list < lists; list++)
        {
            var (user, byPhone) = (draws.Next(Users), draws.Next(2) == 0);
            draws.Shuffle(order.AsSpan());
            var (clicked, bought) = (new bool[Looks.Length], new bool[Looks.Length]);
            for (var at = 0; at < Looks.Length; at++)
            {
                clicked[at] = draws.NextDouble() < Looks[at] * (clickProbability ?? ClickProbability)(user, order[at], byPhone);
                bought[at] = clicked[at] && draws.NextDouble() < 0.3;
            }

            outcomes.Add(new ListOutcome($"u{user}", Start + (list * Day / 144), [.. order[..Looks.Length].Select(item => $"i{item}")], clicked, bought, Context(byPhone)));
        }

        return outcomes;
    }

    public static Dictionary<string, FilterValue> Context(bool byPhone) => new(StringComparer.Ordinal) { ["device"] = FilterValue.Of(byPhone ? "phone" : "desktop") };

    /// <summary>From a fifth of the price to more than all of it; null: not known.</summary>
    public static double? CostOf(int item) => item % 7 == 6 ? null : (10 + item) * (0.2 + (0.1 * (item % 10)));

    public static CatalogueItem Record(int item) => new(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null)
    {
        Revision = 1,
        Price = 10 + item,
        Currency = "EUR",
        Categories = [$"c{item % Categories}"],
        AddedAt = Start - (Day * item),
        Attributes = CostOf(item) is { } cost ? [ItemAttribute.Of("cost", cost)] : [ItemAttribute.Of("cost", "secret")],
    };

    private static InteractionDataset Histories(IReadOnlyList<ServedInteraction> done)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        InteractionKinds.Default.TryGetIndex("purchase", out var purchase);
        for (var user = 0; user < Users; user++)
        {
            for (var number = 0; number < 5; number++)
                builder.Add(user, (user % Categories) + (Categories * ((user + (number * 3)) % (Items / Categories))), purchase, 0, Start - Day - number);
        }

        foreach (var one in done)
            builder.Add(one.UserKey, one.ItemKey, one.KindIndex, one.Value, one.Time);
        return builder.Build();
    }
}
