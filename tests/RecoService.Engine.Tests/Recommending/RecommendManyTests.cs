using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Recommending;

/// <summary>Lists made in bulk are the lists made one by one.</summary>
public sealed class RecommendManyTests
{
    private const int UserCount = 60;
    private const int ItemCount = 700;
    private const int Factors = 12;

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(200)]
    public void RecommendMany_EveryKindOfUser_GivesTheListsOfRecommend(int limit)
    {
        var state = State();
        // Changed since, arrived since, erased; and an item that is new, one that is gone, and variants of one article.
        Apply(state, 3, "u3", 17, "purchase");
        Apply(state, 900, "late", 21, "view");
        state.EraseUser(5);
        state.Apply(new ServedItem(ItemCount + 5, "new", Record(groupId: null)));
        state.Apply(new ServedItem(30, "i30", Record(groupId: null) with { Hidden = true }));
        for (var item = 40; item < 80; item++)
            state.Apply(new ServedItem(item, $"i{item}", Record(groupId: $"g{item % 4}")));
        int[] users = [.. Enumerable.Range(0, state.Users.Count), -1, 7, 7, 3];

        var lists = state.RecommendMany(users, limit);

        Assert.Equal(users.Length, lists.Length);
        for (var position = 0; position < users.Length; position++)
            Assert.Equal(state.Recommend(users[position] >= 0 && state.Users.IsKnown(users[position]) ? state.Users[users[position]] : "nobody", limit), lists[position]);
        Assert.Empty(state.RecommendMany([], limit));
    }

    [Theory]
    [InlineData(ListFallback.Popular, 6)]
    [InlineData(ListFallback.Relax, 2)]
    [InlineData(ListFallback.None, 2)]
    public void RecommendMany_ShortLists_AreFilledUpAsThePlacementSays(ListFallback fallback, int expected)
    {
        var home = new Placement(Placement.HomeName, PlacementSource.Recommender) { Filter = "groupId = \"g0\" or groupId = \"g1\"", Fallback = fallback };
        var state = State([home, .. Placement.BuiltIn(0).Where(placement => placement.Name != home.Name)]);
        for (var item = 40; item < 80; item++)
            state.Apply(new ServedItem(item, $"i{item}", Record(groupId: $"g{item % 4}") with { Revision = 2 }));
        Apply(state, 900, "late", 21, "purchase");
        Apply(state, 900, "late", 40, "purchase");
        state.EraseUser(5);
        int[] users = [.. Enumerable.Range(0, state.Users.Count), -1];

        var lists = state.RecommendMany(users, limit: 6);

        for (var position = 0; position < users.Length; position++)
        {
            var userId = users[position] >= 0 && state.Users.IsKnown(users[position]) ? state.Users[users[position]] : "nobody";
            Assert.Equal(state.RecommendFilled(new RecommendationQuery(6) { UserId = userId }).Items, lists[position]);
            Assert.Equal(expected, lists[position].Count);
            Assert.Equal(expected, lists[position].DistinctBy(candidate => candidate.ItemIndex).Count());
        }
    }

    private static CatalogueItem Record(string? groupId) => new(Listed: true, Available: true, Hidden: false, Deleted: false, groupId) { Revision = 1 };

    private static void Apply(ServingState state, int userKey, string userId, int itemKey, string kind)
    {
        Assert.True(InteractionKinds.Default.TryGetIndex(kind, out var kindIndex));
        state.Apply([new ServedInteraction(userKey, userId, itemKey, $"i{itemKey}", kindIndex, 0, 99)]);
    }

    private static ServingState State(IReadOnlyList<Placement>? placements = null)
    {
        var random = new Random(7);
        var (users, items) = (KeyMap.FromAscending([.. Enumerable.Range(1, UserCount)]), KeyMap.FromAscending([.. Enumerable.Range(1, ItemCount)]));
        var userFactors = Matrix(UserCount, random);
        // The model does not know user 9 and item 3.
        userFactors.Row(8).Fill(float.NaN);
        var itemFactors = Matrix(ItemCount, random);
        itemFactors.Row(2).Fill(float.NaN);
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        foreach (var key in users.Keys)
            builder.AddUser(key);
        foreach (var key in items.Keys)
            builder.AddItem(key);
        for (var user = 1; user <= UserCount; user++)
        {
            for (var act = 0; act < 10; act++)
                builder.Add(user, 1 + random.Next(ItemCount), Datasets.Purchase, 0, act);
        }

        return new ServingState(
            [
                new ServedModel("implicit-als", 1, new FactorModel(users, items, userFactors, itemFactors), ModelRoles.Recommender),
                new ServedModel("popularity", 2, new PopularityModel(users, items, [.. Enumerable.Range(0, ItemCount).Select(_ => random.NextSingle())]), ModelRoles.Fallback),
            ],
            [.. users.Keys.ToArray().Select(key => (key, $"u{key}"))], CatalogueBuilder.Of(items.Keys.ToArray().Select(key => new ServedItem(key, $"i{key}", Record(groupId: null)))),
            builder.Build(), new ServingOptions { NewItemShare = 0.1, Placements = placements });
    }

    private static FactorMatrix Matrix(int rows, Random random) => new(rows, Factors, [.. Enumerable.Range(0, rows * Factors).Select(_ => (float)random.NextDouble() - 0.5f)]);
}
