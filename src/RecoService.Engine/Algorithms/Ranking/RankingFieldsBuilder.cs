using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>Numbers the features that occur in lists; see <see cref="RankingFields"/>.</summary>
internal sealed class RankingFieldsBuilder(InteractionDataset dataset)
{
    private const int PriceBands = 10;

    private readonly List<int> starts = [0];
    private int next;

    public RankingFields Build(RankingLists lists)
    {
        var (users, items) = (lists.Users.ToHashSet(), lists.Items.ToHashSet());
        var (recent, moments) = (new HashSet<int>(), new HashSet<int>());
        foreach (var user in users)
        {
            recent.UnionWith(RankingFields.NewestOf(dataset.HistoryOf(user)));
            moments.UnionWith(RankingFields.MomentsOf(dataset.HistoryOf(user)));
        }

        var userFeatures = Numbered(dataset.Users.Count, users);
        var recentFeatures = Numbered(dataset.Items.Count, recent);
        int[] momentFeatures = [
            .. Numbered(RankingFields.Hours, moments),
            .. Numbered(RankingFields.Moments, [.. moments.Where(moment => moment >= RankingFields.Hours)])[RankingFields.Hours..],
        ];
        var own = Numbered(dataset.Items.Count, items);
        var parts = new List<(int Item, int Feature, float Value)>(own.Select((feature, item) => (item, feature, 1f)).Where(part => part.feature >= 0));
        AddTexts(items, content => content.Categories, parts);
        AddTexts(items, content => content.Attributes, parts);
        AddPrices(items, parts);
        next += UserItemFeatures.Count;
        starts.Add(next);
        return new RankingFields(
            [.. starts], userFeatures, recentFeatures, momentFeatures,
            SparseMatrix.FromEntries(dataset.Items.Count, next, [.. parts.Select(part => part.Item)], [.. parts.Select(part => part.Feature)], [.. parts.Select(part => part.Value)]));
    }

    /// <summary>A field whose features are some of so many; -1 for the others.</summary>
    private int[] Numbered(int count, HashSet<int> seen)
    {
        int[] numbers = [.. Enumerable.Range(0, count).Select(index => seen.Contains(index) ? next++ : -1)];
        starts.Add(next);
        return numbers;
    }

    /// <summary>A field of what the catalogue calls the items; an item of n texts has each in 1 / sqrt(n).</summary>
    private void AddTexts(HashSet<int> seen, Func<ItemContent, IReadOnlyList<string>> textsOf, List<(int Item, int Feature, float Value)> parts)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in seen.Order())
        {
            foreach (var text in TextsOf(item))
            {
                if (numbers.TryAdd(text, next))
                    next++;
            }
        }

        starts.Add(next);
        for (var item = 0; item < dataset.Items.Count; item++)
        {
            var texts = TextsOf(item);
            parts.AddRange(texts.Where(numbers.ContainsKey).Select(text => (item, numbers[text], 1 / MathF.Sqrt(texts.Length))));
        }

        string[] TextsOf(int item) => dataset.ContentOf(item) is { } content ? [.. textsOf(content).Distinct(StringComparer.Ordinal)] : [];
    }

    /// <summary>A field of bands of the price, as many items in each.</summary>
    private void AddPrices(HashSet<int> seen, List<(int Item, int Feature, float Value)> parts)
    {
        var prices = Enumerable.Range(0, dataset.Items.Count).Select(item => dataset.ContentOf(item)?.Price is { } price && float.IsFinite(price) ? price : float.NaN).ToArray();
        float[] ascending = [.. prices.Where(float.IsFinite).Order()];
        var bands = prices.Select(price => float.IsNaN(price) ? -1 : BandOf(price, ascending)).ToArray();
        var numbers = Numbered(PriceBands, [.. seen.Select(item => bands[item]).Where(band => band >= 0)]);
        parts.AddRange(bands.Select((band, item) => (item, band)).Where(part => part.band >= 0 && numbers[part.band] >= 0).Select(part => (part.item, numbers[part.band], 1f)));
    }

    /// <summary>How many tenths of the prices are lower.</summary>
    private static int BandOf(float price, float[] ascending)
    {
        var position = Array.BinarySearch(ascending, price);
        while (position > 0 && ascending[position - 1] == price)
            position--;
        return (int)((long)PriceBands * position / ascending.Length);
    }
}
