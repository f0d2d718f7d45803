using System.Runtime.InteropServices;
using RecoService.Engine.Algorithms.ResponsePrediction;
using RecoService.Engine.Data;
using RecoService.Engine.Recommending.Filtering.Compilation;

namespace RecoService.Engine.Recommending.Prediction;

/// <summary>
/// Learns probabilities from what became of shown items. Each is described as it was when it was shown: what users did later is left out, and what became of items before is counted up to
/// then (ordered target statistics: Prokhorenkova et al., "CatBoost: Unbiased Boosting with Categorical Features", NeurIPS 2018). Prices and categories are those of now.
/// </summary>
/// <param name="space">What the indexes stand for.</param>
/// <param name="userIndexOf">The index of a user id; -1 for one that nobody knows.</param>
/// <param name="itemIndexOf">The same of an item id.</param>
/// <param name="options">What it takes.</param>
internal sealed class ResponseLearner(ResponseSpace space, Func<string, int> userIndexOf, Func<string, int> itemIndexOf, ResponseOptions options)
{
    /// <summary>The part of the items shown, the oldest, that weights are learned from.</summary>
    private const double TrainPart = 0.6;

    /// <summary>The part from the oldest on after which none calibrates; what follows judges.</summary>
    private const double CalibrationEnd = 0.8;

    /// <summary>Milliseconds after which what became of a list counts for others: those of one visit must not tell of each other.</summary>
    private const long TellingTime = 30 * 60_000;

    /// <summary>Of a user: what was done long before says little more.</summary>
    private const int MostEvents = 2_000;

    private readonly Dictionary<int, float> beforeWeights = [];

    /// <param name="outcomes">In any order.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public ResponseLearning Learn(IEnumerable<ListOutcome> outcomes, CancellationToken cancellationToken)
    {
        var lists = outcomes.OrderBy(list => list.ShownAt).ToList();
        var (shown, clickCount, purchaseCount) = (lists.Sum(list => list.ItemIds.Count), lists.Sum(list => list.Clicked.Count(yes => yes)), lists.Sum(list => list.Bought.Count(yes => yes)));
        if (shown == 0)
            return new ResponseLearning(0, 0, 0, null, null);

        var (trainEnd, calibrationEnd) = (EndOf(lists, shown * TrainPart), EndOf(lists, shown * CalibrationEnd));
        var positions = new PositionRates();
        foreach (var list in lists.Take(trainEnd.Lists))
        {
            for (var at = 0; at < list.ItemIds.Count; at++)
                positions.Add(at + 1, list.Clicked[at], list.Bought[at]);
        }

        var contextValues = CommonestValues(lists.Take(trainEnd.Lists));
        var rows = new float[shown * ResponseFeatures.Width];
        var (clicks, purchases) = (new bool[shown], new bool[shown]);
        var (items, users) = (new Dictionary<string, ResponseTally>(StringComparer.Ordinal), new Dictionary<string, ResponseTally>(StringComparer.Ordinal));
        var (clickRates, purchaseRates) = (positions.ClickRates, positions.PurchaseRates);
        var popularity = new PastPopularity(space.History.Built, lists[0].ShownAt);
        var (next, told) = (0, 0);
        foreach (var list in lists)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = list.ItemIds.Count;
            for (; lists[told].ShownAt + TellingTime <= list.ShownAt; told++)
                Tell(lists[told]);
            Fill(list, popularity, items, users.GetValueOrDefault(list.UserId).Rate, contextValues, rows.AsSpan(next * ResponseFeatures.Width, count * ResponseFeatures.Width));
            list.Clicked.CopyTo(clicks.AsSpan(next));
            list.Bought.CopyTo(purchases.AsSpan(next));
            next += count;
        }

        for (; told < lists.Count; told++)
            Tell(lists[told]);

        var describing = new ResponseRows(ByKey(items, itemIndexOf, space.ItemKeyOf), ByKey(users, userIndexOf, space.UserKeyOf), contextValues, options.ReferencePosition);
        // A belief that says how unsure it is needs no least number of rounds.
        var bounds = ClickBounds.Learn(describing, rows, clicks, cancellationToken);
        if (shown < options.MinShownItems || clickCount < options.MinClicks || trainEnd.Items >= calibrationEnd.Items || calibrationEnd.Items >= shown)
            return new ResponseLearning(shown, clickCount, purchaseCount, null, bounds);
        var ofClicks = ResponseModel.Train(rows, clicks, ResponseFeatures.Width, trainEnd.Items, calibrationEnd.Items, cancellationToken);
        var ofPurchases = purchaseCount < options.MinPurchases ? null : ResponseModel.Train(rows, purchases, ResponseFeatures.Width, trainEnd.Items, calibrationEnd.Items, cancellationToken);
        return new ResponseLearning(shown, clickCount, purchaseCount, new ResponsePredictor(ofClicks, ofPurchases, describing), bounds);

        void Tell(ListOutcome list)
        {
            for (var at = 0; at < list.ItemIds.Count; at++)
            {
                var group = PositionRates.GroupOf(at + 1);
                Add(ref CollectionsMarshal.GetValueRefOrAddDefault(items, list.ItemIds[at], out _), group, list.Clicked[at], list.Bought[at]);
                Add(ref CollectionsMarshal.GetValueRefOrAddDefault(users, list.UserId, out _), group, list.Clicked[at], list.Bought[at]);
            }
        }

        void Add(ref ResponseTally tally, int group, bool clicked, bool bought)
        {
            tally.ExpectedClicks += clickRates[group];
            tally.ExpectedPurchases += purchaseRates[group];
            tally.Clicks += clicked ? 1 : 0;
            tally.Purchases += bought ? 1 : 0;
        }
    }

    private void Fill(ListOutcome list, PastPopularity popularity, Dictionary<string, ResponseTally> items, ResponseRate user, Dictionary<(string Name, FilterValue Value), int> contextValues, Span<float> rows)
    {
        var userIndex = userIndexOf(list.UserId);
        Span<int> held = stackalloc int[ResponseFeatures.ContextValues];
        var indexes = new int[list.ItemIds.Count];
        for (var at = 0; at < indexes.Length; at++)
            indexes[at] = Math.Max(0, itemIndexOf(list.ItemIds[at]));
        popularity.AdvanceTo(list.ShownAt);
        ResponseFeatures.Fill(Before(userIndex, list.ShownAt), user, space.Catalogue, indexes, list.ShownAt, held[..ResponseRows.ContextOf(list.Context, contextValues, held)], rows);
        for (var at = 0; at < indexes.Length; at++)
        {
            var row = rows.Slice(at * ResponseFeatures.Width, ResponseFeatures.Width);
            row[ResponseFeatures.Popularity] = MathF.Log(1 + popularity[indexes[at]]);
            // An item that the state has never heard of has no features.
            if (itemIndexOf(list.ItemIds[at]) < 0)
                row.Clear();
            (row[ResponseFeatures.ItemClicks], row[ResponseFeatures.ItemPurchases]) = items.GetValueOrDefault(list.ItemIds[at]).Rate;
            ResponseFeatures.SetPosition(row, at + 1);
        }
    }

    /// <summary>What the user had done by then, as far as the state was built from it.</summary>
    private UserHistory Before(int userIndex, long time)
    {
        var events = space.History.Built.HistoryOf(userIndex).Events;
        var end = events.Times.BinarySearch(time) is var found && found >= 0 ? found : ~found;
        while (end > 0 && events.Times[end - 1] == time)
            end--;
        beforeWeights.Clear();
        for (var position = Math.Max(0, end - MostEvents); position < end; position++)
            CollectionsMarshal.GetValueRefOrAddDefault(beforeWeights, events.Items[position], out _) += space.History.Kinds.WeightOf(events.KindIndexes[position], events.Values[position]);
        int[] items = [.. beforeWeights.Keys.Order()];
        return new UserHistory(-1, items, Array.ConvertAll(items, item => beforeWeights[item]), new long[items.Length], new float[items.Length]);
    }

    /// <summary>Lists are not cut: those of a page belong together.</summary>
    private static (int Lists, int Items) EndOf(List<ListOutcome> lists, double items)
    {
        var (count, taken) = (0, 0);
        while (count < lists.Count && (taken == 0 || taken < items))
            taken += lists[count++].ItemIds.Count;
        return (count, taken);
    }

    private static Dictionary<(string Name, FilterValue Value), int> CommonestValues(IEnumerable<ListOutcome> lists) => lists
        .SelectMany(list => list.Context?.Select(pair => (pair.Key, pair.Value)) ?? [])
        .GroupBy(value => value).OrderByDescending(group => group.Count()).ThenBy(group => group.Key.Key, StringComparer.Ordinal)
        .Take(ResponseFeatures.ContextValues).Select((group, feature) => (group.Key, feature)).ToDictionary(pair => pair.Key, pair => pair.feature);

    private static Dictionary<int, ResponseRate> ByKey(Dictionary<string, ResponseTally> tallies, Func<string, int> indexOf, Func<int, int> keyOf)
    {
        var byKey = new Dictionary<int, ResponseRate>(tallies.Count);
        foreach (var (id, tally) in tallies)
        {
            if (indexOf(id) is >= 0 and var index)
                byKey[keyOf(index)] = tally.Rate;
        }

        return byKey;
    }
}
