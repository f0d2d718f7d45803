using RecoService.Api.Demo;
using RecoService.Api.Wire;
using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Storage;

namespace RecoService.Api.Tests.Demo;

public sealed class DemoShopTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly InteractionKinds Kinds = InteractionKinds.Default;
    private static readonly DemoShop Shop = DemoShop.Generate(Now, DemoShop.DefaultSeed, Kinds);

    [Fact]
    public void Generate_SameSeed_GivesTheSameShop()
    {
        var again = DemoShop.Generate(Now, DemoShop.DefaultSeed, Kinds);

        Assert.Equal(Shop.Interactions, again.Interactions);
        Assert.Equal(Shop.Items.Select(item => item.Record.Title), again.Items.Select(item => item.Record.Title));
        Assert.NotEqual(Shop.Interactions, DemoShop.Generate(Now, DemoShop.DefaultSeed + 1, Kinds).Interactions);
    }

    [Fact]
    public void Generate_Shop_HasTheSizeOfTheReadme()
    {
        Assert.Equal((500, 2_000, 60_000), (Shop.Items.Count, Shop.Users.Count, Shop.Interactions.Count));
        Assert.Equal(12, Shop.Items.Select(item => item.Record.Categories[0]).Distinct().Count());
        Assert.Equal(2_000, Shop.Interactions.Select(interaction => interaction.UserId).Distinct().Count());
        Assert.Equal(("user-0001", "item-0001", "demo-000001"), (Shop.Users[0].UserId, Shop.Items[0].ItemId, Shop.Interactions[0].Id));
        Assert.Equal(60_000, Shop.Interactions.Select(interaction => interaction.Id).Distinct().Count());
    }

    [Fact]
    public void Generate_Items_ArePresentable()
    {
        var records = Shop.Items.Select(item => item.Record).ToList();

        Assert.Equal(500, records.Select(record => (record.Categories[0], record.Title)).Distinct().Count());
        Assert.All(records, record => Assert.True(record is { Price: > 0, Currency: "EUR", Description.Length: > 20 }));
        Assert.InRange(records.Count(record => !record.Available), 5, 40);
        var onSale = records.Where(record => record.SalePrice is not null).ToList();
        Assert.Equal(41, onSale.Count);
        Assert.Equal(12, onSale.Select(record => record.Categories[0]).Distinct().Count());
        Assert.All(onSale, record => Assert.InRange(record.SalePrice!.Value / record.Price!.Value, 0.75m, 0.85m));
        var groups = records.Where(record => record.GroupId is not null).GroupBy(record => record.GroupId).ToList();
        Assert.InRange(groups.Count, 5, 100);
        Assert.All(groups, group => Assert.Single(group.Select(record => record.Categories[0]).Distinct()));
    }

    [Fact]
    public void Generate_Shop_PassesTheWiresOwnRules()
    {
        var problems = new List<FieldProblem>();
        var time = new Wire.FixedTime(Now);
        var interactions = new InteractionValidator(Kinds, new WireLimits(), time);
        var items = new ItemValidator(new WireLimits(), time);

        foreach (var item in Shop.Items)
            items.Validate(new ItemRequest { Title = item.Record.Title, Price = item.Record.Price, SalePrice = item.Record.SalePrice, Description = item.Record.Description, GroupId = item.Record.GroupId, AddedAt = item.Record.AddedAt }, item.ItemId, problems);
        foreach (var row in Shop.Interactions)
        {
            interactions.Validate(
                new InteractionRequest
                {
                    Id = row.Id,
                    UserId = row.UserId,
                    ItemId = row.ItemId,
                    Kind = Kinds[row.KindIndex].Name,
                    Value = row.Value,
                    OccurredAt = row.OccurredAt,
                    SessionId = row.SessionId,
                    OrderId = row.OrderId,
                    Quantity = row.Quantity,
                    UnitPrice = row.UnitPrice,
                },
                row.Id!,
                problems);
        }

        Assert.Empty(problems);
    }

    [Fact]
    public void Generate_Interactions_LieInTheLastNinetyDaysInOrder()
    {
        var times = Shop.Interactions.Select(interaction => interaction.OccurredAt!.Value).ToList();

        Assert.Equal(times.Order(), times);
        Assert.InRange(times[0], Now.AddDays(-92), Now.AddDays(-85));
        Assert.InRange(times[^1], Now.AddHours(-6), Now);
        var addedAt = Shop.Items.ToDictionary(item => item.ItemId, item => item.Record.AddedAt);
        Assert.All(Shop.Interactions, interaction => Assert.True(interaction.OccurredAt >= addedAt[interaction.ItemId]));
    }

    [Fact]
    public void Generate_Kinds_FormAFunnelAndRatingsAreUnique()
    {
        var counts = Shop.Interactions.CountBy(interaction => Kinds[interaction.KindIndex].Name).ToDictionary();

        // The customers of the demo shop keep what they have.
        Assert.Equal(Enumerable.Range(0, Kinds.Count).Where(index => Kinds[index].Undoes is null).Select(index => Kinds[index].Name).Order(), counts.Keys.Order());
        Assert.True(counts["view"] > counts["click"] && counts["click"] > counts["add-to-cart"] && counts["add-to-cart"] > counts["purchase"]);
        Assert.InRange(counts["rating"], 500, 5_000);
        var ratings = Shop.Interactions.Where(interaction => interaction.KindIndex == Kinds.RatingIndex).ToList();
        Assert.Equal(ratings.Count, ratings.Select(rating => (rating.UserId, rating.ItemId)).Distinct().Count());
    }

    [Fact]
    public void Generate_Tastes_ShowInWhatUsersDo()
    {
        var users = Shop.Users.ToDictionary(user => user.UserId);
        var items = Shop.Items.ToDictionary(item => item.ItemId);
        var inTaste = Shop.Interactions.Count(interaction => users[interaction.UserId].Shelves.Contains(items[interaction.ItemId].Shelf));
        var inBand = Shop.Interactions.Count(interaction => users[interaction.UserId].PriceBand == items[interaction.ItemId].PriceBand);

        // By chance it would be 2.5 of 12 shelves, and a third.
        Assert.InRange(inTaste / 60_000.0, 0.8, 0.95);
        Assert.InRange(inBand / 60_000.0, 0.55, 0.85);
    }

    [Fact]
    public void Generate_Popularity_IsSkewed()
    {
        var counts = Shop.Interactions.CountBy(interaction => interaction.ItemId).Select(pair => pair.Value).OrderDescending().ToList();

        Assert.InRange(counts.Take(50).Sum() / 60_000.0, 0.3, 0.7);
    }

    [Fact]
    public void Generate_Purchases_SayWhatGoesWithTheItemsOfTheExamples()
    {
        var keys = Shop.Items.Select((item, index) => (item.ItemId, Key: index + 1)).ToDictionary();
        var userKeys = Shop.Users.Select((user, index) => (user.UserId, Key: index + 1)).ToDictionary();
        var builder = new InteractionDatasetBuilder(Kinds);
        foreach (var interaction in Shop.Interactions)
            builder.Add(userKeys[interaction.UserId], keys[interaction.ItemId], interaction.KindIndex, (float)(interaction.Value ?? 0), interaction.OccurredAt!.Value.ToUnixTimeMilliseconds());
        var histories = builder.Build();
        var users = userKeys.ToDictionary(pair => pair.Value, pair => pair.Key);
        var state = new ServingState(
            [], [.. histories.Users.Keys.ToArray().Select(key => (key, users[key]))],
            CatalogueBuilder.Of(histories.Items.Keys.ToArray().Select(key => new ServedItem(key, Shop.Items[key - 1].ItemId, new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, null)))),
            histories, new ServingOptions());
        int CountOf(string itemId) => state.Recommend(new RecommendationQuery(10) { Placement = Placement.BoughtTogetherName, ItemId = itemId }).Count;

        Assert.All(new[] { "item-0001", "item-0007", "item-0044" }, itemId => Assert.InRange(CountOf(itemId), 3, 10));
        Assert.InRange(CountOf("item-0012"), 1, 10);
        // Most of the shop.
        Assert.InRange(Shop.Items.Count(item => state.TryGetItem(item.ItemId, out _) && CountOf(item.ItemId) > 0), 300, 500);
    }

    [Fact]
    public void Generate_KindsWithoutValueMissing_UsesWhatThereIs()
    {
        var kinds = new InteractionKinds([new(InteractionKind.Rating, 5, Consumes: true), new("seen", 1, Consumes: false)], 1, 10);

        var shop = DemoShop.Generate(Now, seed: 7, kinds);

        Assert.Equal(60_000, shop.Interactions.Count);
        Assert.All(
            shop.Interactions,
            interaction => Assert.True(interaction.KindIndex == 0 ? interaction.Value is >= 1 and <= 10 : interaction.Value is null));
    }
}
