using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Rules;

namespace RecoService.Engine.Tests.Recommending.Catalogue;

/// <summary>What the shop says of its users, in memory: kept by type, in the order of revisions, for filters and rules.</summary>
public sealed class UserAttributesTests
{
    private static readonly ItemAttribute[] Everything =
        [ItemAttribute.Of("age", 41), ItemAttribute.Of("interests", ["tea", "jazz"]), ItemAttribute.Of("tier", "gold"), ItemAttribute.Of("vegan", true)];

    [Fact]
    public void Of_AnyType_IsWhatWasPut()
    {
        var users = new UserAttributes();

        users.Put(5, revision: 1, Everything);

        Assert.Equivalent(Everything, users.Of(5), strict: true);
        Assert.Empty(users.Of(4));
        Assert.Empty(users.Of(6));
        Assert.Empty(users.Of(100_000));
        Assert.Empty(users.Of(-1));
        Assert.Equal(["age", "interests", "tier", "vegan"], users.Columns.Select(column => column.Name));
        Assert.True(users.ByteCount > 0);
    }

    [Fact]
    public void Put_Again_LeavesNothingOfBefore()
    {
        var users = new UserAttributes();
        users.Put(5, revision: 1, Everything);

        users.Put(5, revision: 2, [ItemAttribute.Of("age", "unknown")]);

        Assert.Equal([("age", "unknown")], users.Of(5).Select(attribute => (attribute.Name, attribute.Text)));
        Assert.Equal("unknown", users.Attribute<TextColumn>("age")!.TextOf(5));
    }

    [Fact]
    public void Put_EarlierRevision_ChangesNothing()
    {
        var users = new UserAttributes();
        users.Put(5, revision: 3, [ItemAttribute.Of("tier", "gold")]);

        users.Put(5, revision: 2, [ItemAttribute.Of("tier", "tin")]);
        Assert.Equal("gold", users.Of(5).Single().Text);
        users.Put(5, revision: 3, [ItemAttribute.Of("tier", "gold")]);
        users.Put(5, revision: 4, []);
        Assert.Empty(users.Of(5));
    }

    /// <summary>Who has an address each exceeds the bound, and then nobody's is kept: half of them would be found and half not.</summary>
    [Fact]
    public void Put_MoreTextsThanTheBound_LeavesTheAttributeOutForAll()
    {
        var users = new UserAttributes(new CatalogueLimits { DistinctTexts = 10 });

        for (var user = 0; user < 20; user++)
            users.Put(user, revision: 1, [ItemAttribute.Of("address", $"a{user}"), ItemAttribute.Of("tier", "gold")]);

        Assert.All(Enumerable.Range(0, 20), user => Assert.Equal(["tier"], users.Of(user).Select(attribute => attribute.Name)));
        Assert.Equal([new LeftOutColumn("address", ColumnType.Text, LeftOutReason.TooManyTexts)], users.LeftOut);
    }

    [Fact]
    public void Apply_UsersRecord_CountsForTheNextFilterAndIsGoneWithTheUser()
    {
        var state = State();
        Assert.Equal("", Show(state, "u1", "brand = user.brand"));

        state.Apply(new ServedUser(1, "u1", 1, [ItemAttribute.Of("brand", "A")]));
        // Nobody had heard of this one.
        state.Apply(new ServedUser(77, "new", 1, [ItemAttribute.Of("brand", "B")]));
        Assert.Equal("i0 i2", Show(state, "u1", "brand = user.brand"));
        Assert.Equal("i1 i3", Show(state, "new", "brand = user.brand"));
        Assert.Equal("", Show(state, "u2", "brand = user.brand"));
        Assert.Equal("", Show(state, null, "brand = user.brand"));
        Assert.Equal("i0 i1 i2 i3", Show(state, null, "user.brand is missing"));

        state.Apply(new ServedUser(1, "u1", 2, [ItemAttribute.Of("brand", "B")]));
        state.Apply(new ServedUser(1, "u1", 1, [ItemAttribute.Of("brand", "A")]));
        Assert.Equal("i1 i3", Show(state, "u1", "brand = user.brand"));

        state.EraseUser(1);
        // The feed may bring the record once more.
        state.Apply(new ServedUser(1, "u1", 3, [ItemAttribute.Of("brand", "A")]));
        Assert.Equal("", Show(state, "u1", "brand = user.brand"));
        Assert.False(state.Users.TryGetIndex("u1", out _));
        Assert.Equal(["brand"], state.UserAttributes.Columns.Select(column => column.Name));
        Assert.Equal(1, state.UserAttributes.Columns.Single().ItemCount);
    }

    /// <summary>A state that has taken in many of them is built anew.</summary>
    [Fact]
    public void LiveChangeCount_CountsNewUsersAndTheirTexts()
    {
        var state = State();
        var before = state.LiveChangeCount;

        state.Apply(new ServedUser(77, "new", 1, [ItemAttribute.Of("brand", "B")]));
        state.Apply(new ServedUser(77, "new", 2, [ItemAttribute.Of("brand", "B")]));

        Assert.Equal(before + 2, state.LiveChangeCount);
    }

    [Fact]
    public void Rules_OfAUserAttribute_ActForThoseWhoHaveItAloneAndInBatches()
    {
        var state = State();
        state.Apply(new ServedUser(2, "u2", 1, [ItemAttribute.Of("tier", "gold")]));
        var rules = new RuleSet(
        [
            new MerchandisingRule("gold", 1, "itemId = \"i3\"", new PinAction(1)) { When = "user.tier = \"gold\"" },
            new MerchandisingRule("others", 2, "brand = user.brand", new ExcludeAction()),
        ]);
        state.Apply(new ServedUser(3, "u3", 1, [ItemAttribute.Of("brand", "B")]));
        int[] users = [0, 1, 2, -1];

        var lists = state.RecommendMany(users, 4, 0, rules);

        Assert.Equal(["i0 i1 i2 i3", "i3 i0 i1 i2", "i0 i2", "i0 i1 i2 i3"], lists.Select(list => string.Join(' ', list.Select(candidate => state.Items[candidate.ItemIndex]))));
        for (var position = 0; position < users.Length; position++)
        {
            var alone = state.Recommend(new RecommendationQuery(4) { UserId = users[position] < 0 ? null : state.Users[users[position]], Rules = rules, AllowsConsumed = true });
            Assert.Equal(alone.Select(candidate => candidate.ItemIndex), lists[position].Select(candidate => candidate.ItemIndex));
        }
    }

    private static string Show(ServingState state, string? userId, string filter) => string.Join(' ', state.Recommend(new RecommendationQuery(10)
    {
        UserId = userId,
        Placement = "popular",
        AllowsConsumed = true,
        Filter = state.Filters.Get(filter).Filter,
    }).Select(candidate => state.Items[candidate.ItemIndex]));

    /// <summary>Four items of the brands A and B by turns, the first with the most users; three users, u1 to u3, who have viewed them.</summary>
    private static ServingState State()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var user = 1; user <= 3; user++)
            builder.AddUser(user);
        for (var item = 0; item < 4; item++)
            builder.AddItem(item);
        for (var user = 1; user <= 3; user++)
        {
            for (var item = 0; item < 4 - user; item++)
                builder.Add(user, item, Datasets.View, 0, 0);
        }

        return new ServingState(
            [], [(1, "u1"), (2, "u2"), (3, "u3")],
            CatalogueBuilder.Of(Enumerable.Range(0, 4).Select(key => new ServedItem(
                key, $"i{key}", new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, null) { Revision = 1, Attributes = [ItemAttribute.Of("brand", key % 2 == 0 ? "A" : "B")] }))),
            builder.Build(), new ServingOptions());
    }
}
