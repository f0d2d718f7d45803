using RecoService.Engine.Numerics;

namespace RecoService.Engine.Experiments;

/// <summary>Which of two recommenders put an item into an interleaved list.</summary>
public enum Team : byte
{
    /// <summary>The first recommender.</summary>
    First,

    /// <summary>The second recommender.</summary>
    Second,
}

/// <summary>
/// One list of two recommenders by team draft: as captains choose players, each takes in turn its best item that is not in the list yet, and a coin says who begins each round of two. A click
/// counts for the team whose item it is. Users see one list and compare both, so their differences from each other cancel. Radlinski, Kurup, Joachims, "How Does Clickthrough Data Reflect
/// Retrieval Quality?", CIKM 2008.
/// </summary>
/// <param name="Items">The list.</param>
/// <param name="Teams">Whose each item is.</param>
public sealed record TeamDraft(IReadOnlyList<int> Items, IReadOnlyList<Team> Teams)
{
    /// <summary>Interleaves two rankings.</summary>
    /// <param name="first">Items of the first recommender, the best first, each once.</param>
    /// <param name="second">Those of the second one.</param>
    /// <param name="length">The most items of the list, 0 or more; fewer where both have no more.</param>
    /// <param name="seed">Of the coins.</param>
    /// <param name="list">Tells the lists under one seed apart.</param>
    public static TeamDraft Interleave(ReadOnlySpan<int> first, ReadOnlySpan<int> second, int length, int seed, long list)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var random = new SeededRandom(seed, list);
        var (items, teams, taken) = (new List<int>(length), new List<Team>(length), new HashSet<int>());
        var (nextOfFirst, nextOfSecond, lead) = (0, 0, 0);
        while (items.Count < length)
        {
            Skip(first, ref nextOfFirst, taken);
            Skip(second, ref nextOfSecond, taken);
            var (hasFirst, hasSecond) = (nextOfFirst < first.Length, nextOfSecond < second.Length);
            if (!hasFirst && !hasSecond)
                break;
            // The coin is thrown whether or not both have an item left, so a longer ranking changes no earlier choice.
            var isFirst = lead == 0 ? random.Next(2) == 0 : lead < 0;
            isFirst = hasFirst && (isFirst || !hasSecond);
            lead += isFirst ? 1 : -1;
            items.Add(isFirst ? first[nextOfFirst] : second[nextOfSecond]);
            teams.Add(isFirst ? Team.First : Team.Second);
            taken.Add(items[^1]);
        }

        return new TeamDraft(items, teams);
    }

    /// <summary>Clicks on items of the second team less those on the first's: what this list says of the two. 0 is a tie.</summary>
    /// <param name="clicked">Items; those that are not in the list count for nobody.</param>
    public int Credit(IEnumerable<int> clicked)
    {
        var credit = 0;
        foreach (var item in clicked)
        {
            for (var place = 0; place < Items.Count; place++)
            {
                if (Items[place] == item)
                    credit += Teams[place] == Team.Second ? 1 : -1;
            }
        }

        return credit;
    }

    private static void Skip(ReadOnlySpan<int> ranking, ref int next, HashSet<int> taken)
    {
        while (next < ranking.Length && taken.Contains(ranking[next]))
            next++;
    }
}
