using System.Globalization;
using RecoService.Lab.Files;

namespace RecoService.Lab.Placements;

/// <summary>What a user bought together.</summary>
/// <param name="User">The user's id.</param>
/// <param name="Time">Unix milliseconds: that of the earliest row.</param>
/// <param name="Items">Ids, each once, in ordinal order.</param>
internal sealed record Basket(string User, long Time, IReadOnlyList<string> Items)
{
    /// <summary>The baskets of dated purchases: an order each, or one user's day (UTC) where rows name no order. The oldest first.</summary>
    /// <param name="rows">Each with its time.</param>
    public static IReadOnlyList<Basket> In(IEnumerable<FileInteraction> rows) =>
    [
        .. rows.GroupBy(row => (row.User, Order: row.Order ?? DayOf(row.Time!.Value)))
            .Select(group => new Basket(group.Key.User, group.Min(row => row.Time!.Value), [.. group.Select(row => row.Item).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]))
            .OrderBy(basket => basket.Time).ThenBy(basket => basket.User, StringComparer.Ordinal).ThenBy(basket => basket.Items[0], StringComparer.Ordinal),
    ];

    private static string DayOf(long time) => Math.Floor(time / (double)TimeSpan.MillisecondsPerDay).ToString(CultureInfo.InvariantCulture);
}

/// <summary>Baskets in two by time.</summary>
/// <param name="Train">Before the cut; at least one.</param>
/// <param name="Test">From the cut on; at least one.</param>
/// <param name="CutTime">Unix milliseconds.</param>
internal sealed record BasketSplit(IReadOnlyList<Basket> Train, IReadOnlyList<Basket> Test, long CutTime)
{
    /// <summary>The newest part of the baskets is the test part; baskets of one time stay together.</summary>
    /// <param name="baskets">The oldest first.</param>
    /// <param name="fraction">Of the baskets, 0..1, exclusive.</param>
    /// <exception cref="InvalidDataException">One of the parts would be empty.</exception>
    public static BasketSplit Newest(IReadOnlyList<Basket> baskets, double fraction) =>
        At(baskets, baskets.Count == 0 ? 0 : baskets[Math.Min((int)Math.Round(baskets.Count * (1 - fraction)), baskets.Count - 1)].Time);

    /// <param name="baskets">The oldest first.</param>
    /// <param name="cutTime">Unix milliseconds.</param>
    /// <exception cref="InvalidDataException">One of the parts would be empty.</exception>
    public static BasketSplit At(IReadOnlyList<Basket> baskets, long cutTime)
    {
        var split = new BasketSplit([.. baskets.Where(basket => basket.Time < cutTime)], [.. baskets.Where(basket => basket.Time >= cutTime)], cutTime);
        return split.Train.Count > 0 && split.Test.Count > 0 ? split : throw new InvalidDataException("The cut in time leaves no basket to learn from, or none to be judged on.");
    }
}
