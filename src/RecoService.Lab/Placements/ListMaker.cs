using RecoService.Engine.Recommending;

namespace RecoService.Lab.Placements;

/// <summary>Somebody who answers questions with lists.</summary>
/// <param name="Name">As the tables call it.</param>
/// <param name="Make">Item indexes, best first, at most as many as are asked for. Safe to call from several threads.</param>
internal sealed record ListMaker(string Name, Func<PlacementQuestion, int, IReadOnlyList<int>> Make)
{
    /// <summary>A placement of a serving state, asked exactly as a request asks it.</summary>
    /// <param name="name">As the tables call it.</param>
    /// <param name="state">Built from the training part.</param>
    /// <param name="queryOf">Makes the request.</param>
    public static ListMaker Of(string name, ServingState state, Func<PlacementQuestion, RecommendationQuery, RecommendationQuery> queryOf) => new(
        name,
        (question, limit) => [.. state.RecommendFilled(queryOf(question, new RecommendationQuery(limit) { Now = question.Time })).Items.Select(candidate => candidate.ItemIndex)]);

    /// <summary>How many training baskets hold an item together with a given one, summed over the given ones; of equal counts the lower index stands first.</summary>
    public static ListMaker CoOccurrence(JudgedShop shop) => new("co-occurrence counts", (question, limit) =>
    {
        var counts = new Dictionary<int, int>();
        foreach (var item in question.Given.SelectMany(shop.BasketsOf).SelectMany(basket => shop.Baskets[basket]))
            counts[item] = counts.GetValueOrDefault(item) + 1;
        return [.. counts.Where(entry => !question.Given.Contains(entry.Key)).OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).Take(limit).Select(entry => entry.Key)];
    });

    /// <summary>What the user bought on the most days; of equal counts the latest stands first.</summary>
    public static ListMaker MostBought(JudgedShop shop) =>
        OfHistory("most bought by this customer", shop, bought => bought.OrderByDescending(entry => entry.Value.Days).ThenByDescending(entry => entry.Value.Last).ThenBy(entry => entry.Key));

    /// <summary>What the user bought last; of one time what they bought on more days stands first.</summary>
    public static ListMaker LastBought(JudgedShop shop) =>
        OfHistory("last bought", shop, bought => bought.OrderByDescending(entry => entry.Value.Last).ThenByDescending(entry => entry.Value.Days).ThenBy(entry => entry.Key));

    private static ListMaker OfHistory(string name, JudgedShop shop, Func<IEnumerable<KeyValuePair<int, (int Days, long Last)>>, IEnumerable<KeyValuePair<int, (int Days, long Last)>>> order) =>
        new(name, (question, limit) => shop.TryGetUser(question.UserId, out var user) ? [.. order(shop.BoughtBy(user)).Take(limit).Select(entry => entry.Key)] : []);
}
