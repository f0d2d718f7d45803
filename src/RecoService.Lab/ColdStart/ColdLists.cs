using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;

namespace RecoService.Lab.ColdStart;

/// <summary>Somebody who answers questions with lists.</summary>
/// <param name="Name">As the tables call it.</param>
/// <param name="Make">Item indexes, best first, at most as many as are asked for. Safe to call from several threads.</param>
internal sealed record ColdListMaker(string Name, Func<ColdQuestion, int, IReadOnlyList<int>> Make)
{
    /// <summary>A serving state, asked as a request asks it.</summary>
    /// <param name="name">As the tables call it.</param>
    /// <param name="state">Built from the training part.</param>
    /// <param name="knowsAttributes">Whether it is told the attributes of users.</param>
    public static ColdListMaker Of(string name, ServingState state, bool knowsAttributes = false) => new(
        name,
        (question, limit) =>
        [
            .. state.Recommend(new RecommendationQuery(limit) { UserId = question.UserId, UserContent = knowsAttributes ? question.Attributes : null }).Select(candidate => candidate.ItemIndex),
        ]);

    /// <summary>A model that is asked about cold items alone, without what places them.</summary>
    /// <param name="name">As the tables call it.</param>
    /// <param name="split">What is cold.</param>
    /// <param name="model">Trained on the training part.</param>
    public static ColdListMaker WithoutPlaces(string name, ColdSplit split, IScorer model)
    {
        var laidOver = model.Over(split.Histories);
        return new(name, (question, limit) =>
        {
            var blocked = new ulong[Bits.WordsFor(split.Histories.Items.Count)];
            for (var item = 0; item < split.Histories.Items.Count; item++)
            {
                if (!split.IsCold(item))
                    Bits.Set(blocked, item);
            }

            var best = new TopK(limit);
            _ = split.Histories.Users.TryGetIndex(int.Parse(question.UserId!, System.Globalization.CultureInfo.InvariantCulture), out var user);
            laidOver.Retrieve(split.Histories.HistoryOf(user), blocked, best);
            var (items, scores) = (new int[limit], new float[limit]);
            return items[..best.Drain(items, scores)];
        });
    }

    /// <summary>Cold items in an order of chance, another for each user.</summary>
    public static ColdListMaker Random(ColdSplit split, int seed) => new("random", (question, limit) =>
    {
        var count = split.Histories.Items.Count;
        var random = new SeededRandom(seed, int.Parse(question.UserId!, System.Globalization.CultureInfo.InvariantCulture));
        var items = Enumerable.Range(count - split.ColdItems, split.ColdItems).ToArray();
        for (var place = 0; place < Math.Min(limit, items.Length); place++)
        {
            var other = place + random.Next(items.Length - place);
            (items[place], items[other]) = (items[other], items[place]);
        }

        return items[..Math.Min(limit, items.Length)];
    });
}
