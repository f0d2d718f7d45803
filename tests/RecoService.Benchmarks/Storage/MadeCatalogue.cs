using System.Globalization;
using RecoService.Engine.Numerics;
using RecoService.Storage;

namespace RecoService.Benchmarks.Storage;

/// <summary>Items with a price, one to three of 600 categories, a group of three variants and eight attributes: four texts, two numbers, a flag and a list.</summary>
internal static class MadeCatalogue
{
    private static readonly string[] Colours = ["black", "white", "red", "blue", "green", "grey", "brown", "natural", "silver", "rose"];
    private static readonly string[] Materials = ["cotton", "wool", "oak", "steel", "glass", "linen", "leather", "plastic"];

    public static string ItemId(int item) => $"item-{item:0000000}";

    public static ItemRecord Record(int item)
    {
        var random = new SeededRandom(1, item);
        var department = random.Next(20);
        var shelf = random.Next(30);
        string[] categories = [$"Department {department}", $"Department {department} > Shelf {shelf}", $"Season {random.Next(4)}"];
        var tags = string.Join(",", Enumerable.Range(0, 1 + random.Next(3)).Select(position => $"\"tag-{(position * 100) + random.Next(100)}\""));
        return new ItemRecord
        {
            Title = $"Article {item} of department {department}",
            Description = $"What is to be said of article {item}, in a sentence or two, as a shop has them.",
            Categories = categories[..(1 + random.Next(3))],
            Price = 100 + random.Next(100_000) is var cents ? cents / 100m : 0,
            Currency = "EUR",
            GroupId = $"article-{item / 3}",
            AddedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_600_000_000_000 + (item * 60_000L)),
            AttributesJson = string.Create(CultureInfo.InvariantCulture, $$"""
                {"brand":"Brand {{random.Next(2000)}}","colour":"{{Colours[random.Next(Colours.Length)]}}","material":"{{Materials[random.Next(Materials.Length)]}}","season":"{{2020 + random.Next(6)}}-{{1 + random.Next(2)}}","size":{{30 + random.Next(20)}},"weight":{{(1 + random.Next(5000)) / 100m}},"organic":{{(random.Next(2) == 0 ? "true" : "false")}},"tags":[{{tags}}]}
                """),
        };
    }

    public static async Task ImportAsync(BulkImport import, int items)
    {
        await using var stage = await import.StageItemsAsync(CancellationToken.None);
        for (var item = 0; item < items; item++)
            await stage.AddAsync(item + 1, new ImportedItem(ItemId(item), Record(item)), CancellationToken.None);
        await stage.CommitAsync("items", ImportRules.Default, CancellationToken.None);
    }
}
