using System.Text.Json;
using RecoService.Storage;

namespace RecoService.Api.Demo;

/// <summary>An item of the demo shop with what its buyers go by.</summary>
/// <param name="ItemId">item-0001 and so on.</param>
/// <param name="Record">As it stands in the catalogue.</param>
/// <param name="Shelf">Index of its shelf.</param>
/// <param name="PriceBand">0 cheap, 1 middling, 2 dear for its shelf.</param>
/// <param name="Appeal">How often it is looked at, relative to the others of its shelf.</param>
internal sealed record DemoItem(string ItemId, ItemRecord Record, int Shelf, int PriceBand, double Appeal);

/// <summary>Fills the shelves.</summary>
internal static class DemoCatalogue
{
    public const int ItemCount = 500;
    public const int PriceBands = 3;
    private const double VariantShare = 0.1;
    private const double UnavailableShare = 0.04;
    private const double HiddenShare = 0.01;
    private const double NewShare = 0.08;

    /// <summary>One item of so many is on sale. By its place, so that the rest of the shop stays as it is drawn.</summary>
    private const int ItemsPerSale = 12;

    private const decimal SaleShare = 0.8m;
    private const double ZipfExponent = 0.9;
    private static readonly string[] Colours = ["Cream", "Moss", "Ink", "Rust"];

    public static IReadOnlyList<DemoItem> Create(DateTimeOffset now, Random random)
    {
        var shelves = DemoShelf.All;
        var records = new List<(ItemRecord Record, int Shelf)>();
        for (var shelf = 0; shelf < shelves.Count; shelf++)
        {
            var wanted = (ItemCount * (shelf + 1) / shelves.Count) - records.Count;
            records.AddRange(FillShelf(shelves[shelf], now, random).Take(wanted).Select(record => (record, shelf)));
        }

        var ranks = records.Select((_, index) => index).ToArray();
        random.Shuffle(ranks);
        return
        [
            .. records.Select((entry, index) => new DemoItem(
                $"item-{index + 1:0000}",
                index % ItemsPerSale == ItemsPerSale - 1 ? entry.Record with { SalePrice = decimal.Round(entry.Record.Price!.Value * SaleShare, 1) } : entry.Record,
                entry.Shelf,
                BandOf(shelves[entry.Shelf], entry.Record.Price!.Value),
                // The ranks of one shelf are a random subset of all ranks: every shelf has its favourites and its dust collectors.
                Math.Pow(1 + (ranks[index] / (double)shelves.Count), -ZipfExponent))),
        ];
    }

    private static IEnumerable<ItemRecord> FillShelf(DemoShelf shelf, DateTimeOffset now, Random random)
    {
        var articles = shelf.Articles.SelectMany(article => shelf.Styles.Select(style => (article, style))).ToArray();
        random.Shuffle(articles);
        foreach (var ((one, many), style) in articles)
        {
            var price = PriceWithin(shelf, random);
            var addedAt = random.NextDouble() < NewShare ? now.AddDays(-random.Next(5, 45)) : now.AddDays(-random.Next(120, 900));
            var colours = random.NextDouble() < VariantShare ? Colours : [Colours[random.Next(Colours.Length)]];
            foreach (var colour in colours)
            {
                yield return new ItemRecord
                {
                    Title = colours.Length > 1 ? $"{style} {one}, {colour}" : $"{style} {one}",
                    Description = $"{style} {one.ToLowerInvariant()} in {colour.ToLowerInvariant()}. {shelf.Praise}",
                    Categories = [shelf.Category, many],
                    Price = price,
                    Currency = "EUR",
                    Available = random.NextDouble() >= UnavailableShare,
                    Hidden = random.NextDouble() < HiddenShare,
                    AddedAt = addedAt,
                    GroupId = colours.Length > 1 ? $"{style}-{one}".ToLowerInvariant().Replace(' ', '-') : null,
                    AttributesJson = JsonSerializer.Serialize(new { style, colour }),
                };
            }
        }
    }

    /// <summary>Cheap things are more common than dear ones; prices end in .90 or .50.</summary>
    private static decimal PriceWithin(DemoShelf shelf, Random random)
    {
        var height = Math.Pow(random.NextDouble(), 1.5);
        var price = (double)shelf.LowestPrice + (height * (double)(shelf.HighestPrice - shelf.LowestPrice));
        return (decimal)Math.Floor(price) + (random.Next(2) == 0 ? 0.90m : 0.50m);
    }

    private static int BandOf(DemoShelf shelf, decimal price)
    {
        var height = (double)((price - shelf.LowestPrice) / (shelf.HighestPrice - shelf.LowestPrice));
        return height < 0.19 ? 0 : height < 0.54 ? 1 : 2;
    }
}
