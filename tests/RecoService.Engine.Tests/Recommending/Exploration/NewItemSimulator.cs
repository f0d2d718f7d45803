using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Exploration;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Recommending.Retrieval;
using RecoService.Engine.Tests.Recommending.Reranking;

namespace RecoService.Engine.Tests.Recommending.Exploration;

/// <summary>
/// A shop of thirty items that it knows well and fifteen new ones, of each of which its model believes that it is worse than most. Every visitor likes each item somewhat more or less than others do, which the
/// model knows, so that a new item now and then gets into a list by itself. A visitor looks at each of ten places with 0.9 times the probability of the one before it, and clicks what they look at with the item's true
/// rate. The model is trained every night on all clicks, by how often an item was probably looked at.
/// </summary>
/// <param name="seed">Of the items, the visitors and their clicks.</param>
internal sealed class NewItemSimulator(int seed)
{
    private const int KnownItems = 30;
    private const int NewItems = 15;
    private const int Items = KnownItems + NewItems;
    private const int Length = 10;
    private const int PoolSize = 30;
    private const int VisitsADay = 100;

    /// <summary>Looks that what the model believes of a new item is worth.</summary>
    private const double PriorLooks = 50;
    private const double PriorRate = 0.12;

    private readonly double[] rates = new double[Items];
    private readonly double[] looks = new double[Items];
    private readonly double[] clicks = new double[Items];
    private readonly long[] drawn = new long[Items];
    private readonly long[] rewarded = new long[Items];

    /// <summary>How far the mean rank of the good new items, which are among the best ten of all by their true rates, has come to what it truly is, after each day: 1 is all the way.</summary>
    /// <param name="exploration">How the shop explores; null: not at all.</param>
    /// <param name="days">How long.</param>
    /// <returns>The progress after each day, and clicks per visit over all days.</returns>
    public (double[] Progress, double ClicksAVisit) Run(ExplorationOptions? exploration, int days)
    {
        Begin();
        var trials = new ItemTrials();
        var reranker = exploration is null
            ? null
            : new ExplorationReranker(exploration.Share, exploration.ToPolicy(), (item, value) => trials.Of("home").ArmOf(item, value, exploration.PriorStrength), user => user);
        var truth = RanksBy(rates);
        var first = RanksBy(Beliefs());
        var progress = new double[days];
        var clicked = 0;
        for (var day = 0; day < days; day++)
        {
            var beliefs = Beliefs();
            for (var visit = 0; visit < VisitsADay; visit++)
                clicked += Visit(beliefs, reranker, (day * VisitsADay) + visit);
            trials.Replace(Enumerable.Range(0, Items).Where(item => drawn[item] > 0).Select(item => new ItemTrial("home", item, drawn[item], rewarded[item])));
            progress[day] = Progress(first, RanksBy(Beliefs()), truth);
        }

        return (progress, (double)clicked / days / VisitsADay);
    }

    /// <summary>The first day on which so much is reached; one after the last where it never is.</summary>
    public static int DayOf(double[] progress, double reached) => Array.FindIndex(progress, value => value >= reached) is >= 0 and var day ? day + 1 : progress.Length + 1;

    private void Begin()
    {
        Array.Clear(drawn);
        Array.Clear(rewarded);
        var random = new SeededRandom(seed, -1);
        for (var item = 0; item < Items; item++)
        {
            // 0.06 to 0.6: far more than a shop has, so that few visits tell as much.
            rates[item] = 0.06 * Math.Pow(10, random.NextDouble());
            (looks[item], clicks[item]) = item < KnownItems ? (2000, 2000 * rates[item]) : (PriorLooks, PriorLooks * PriorRate);
        }
    }

    private double[] Beliefs() => [.. Enumerable.Range(0, Items).Select(item => clicks[item] / looks[item])];

    private int Visit(double[] beliefs, ExplorationReranker? reranker, int visit)
    {
        var random = new SeededRandom(seed, visit);
        var candidates = new Candidate[Items];
        for (var item = 0; item < Items; item++)
            candidates[item] = new Candidate(item, (float)(beliefs[item] * Math.Exp(0.3 * random.NextGaussian())), "model");
        Array.Sort(candidates, (one, other) => other.Score.CompareTo(one.Score));
        var pool = RerankerShop.PoolOf(candidates[..PoolSize]);
        reranker?.Rerank(RerankerShop.User(visit).In(0, explorationSeed: seed), pool, Length);
        var (clicked, look) = (0, 1.0);
        for (var place = 0; place < Length; place++, look *= 0.9)
        {
            var candidate = pool.Candidates[place];
            var isClicked = random.NextDouble() < look * rates[candidate.ItemIndex];
            looks[candidate.ItemIndex] += look;
            clicks[candidate.ItemIndex] += isClicked ? 1 : 0;
            clicked += isClicked ? 1 : 0;
            if (candidate.Propensity >= 1)
                continue;
            drawn[candidate.ItemIndex]++;
            rewarded[candidate.ItemIndex] += isClicked ? 1 : 0;
        }

        return clicked;
    }

    /// <summary>0 is the best.</summary>
    private static int[] RanksBy(double[] values)
    {
        var order = Enumerable.Range(0, Items).OrderByDescending(item => values[item]).ThenBy(item => item).ToArray();
        var ranks = new int[Items];
        for (var rank = 0; rank < Items; rank++)
            ranks[order[rank]] = rank;
        return ranks;
    }

    private static double Progress(int[] first, int[] now, int[] truth)
    {
        var (come, way) = (0.0, 0.0);
        for (var item = KnownItems; item < Items; item++)
        {
            if (truth[item] >= Length)
                continue;
            come += first[item] - now[item];
            way += first[item] - truth[item];
        }

        return come / way;
    }
}
