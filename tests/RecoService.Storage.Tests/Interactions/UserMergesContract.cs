using RecoService.Storage.Attribution;

namespace RecoService.Storage.Tests.Interactions;

public abstract class UserMergesContract(StorageProvider provider) : StorageContract(provider)
{
    private Task<UserMerge> MergeAsync(string from, string user, TestStore? by = null) => (by ?? Store).Merges.MergeAsync(from, user, AttributesPatch.Fill, Ct);

    private static (int, int) Moved(UserMerge merge) => (merge.Interactions, merge.Ratings);

    private async Task<long> CountAsync(string sql) => await Store.Inner.ReadSnapshotAsync(context => context.CountAsync(sql, Ct), Ct);

    /// <summary>No row names a user who is not there.</summary>
    private async Task AssertNobodyIsMissingAsync()
    {
        foreach (var table in (string[])["interactions", "ratings", "rewrites"])
            Assert.Equal(0, await CountAsync($"SELECT count(*) FROM {table} WHERE user_key NOT IN (SELECT key FROM users)"));
        Assert.Equal(0, await CountAsync("SELECT count(*) FROM tombstones WHERE user_key IN (SELECT key FROM users)"));
    }

    private async Task<List<string>> ShownAsync(string userId) =>
        [.. (await Store.ListAsync(userId)).Select(row => $"{row.Kind} {row.ItemId} {row.Value} {row.OrderId} {row.Quantity} {row.UnitPrice}".TrimEnd()).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task Merge_Visitor_MovesAllTheyDidAndWereShown()
    {
        var keys = (await Store.AppendAsync(
            Store.Interaction("visitor", "i", "purchase", "a", at: 1) with { OrderId = "o", Quantity = 2, UnitPrice = 19.95m, SessionId = "s" },
            Store.Interaction("visitor", "j", "view", at: 2), Store.Rating("visitor", "j", 4.5, at: 3), Store.Interaction("user", "k", "view", at: 4), Store.Interaction("other", "i", "view"))).Interactions;
        var list = new Impression(Guid.CreateVersion7(), "visitor", "home", null, null, "c", Store.Inner.Now, ["i"]);
        await Store.Impressions.AppendAsync([list, list with { RecommendationId = Guid.CreateVersion7(), UserId = "other" }], Ct);

        var merge = await MergeAsync("visitor", "user");

        Assert.Equal((keys[0].UserKey, keys[3].UserKey, 2, 1), (merge.FromKey!.Value, merge.User!.Key, merge.Interactions, merge.Ratings));
        Assert.Equal(["purchase i  o 2 19.95", "rating j 4.5", "view j", "view k"], await ShownAsync("user"));
        Assert.Equal(["s", null], (await Store.ListAsync("user")).Where(row => row.Kind != "rating" && row.ItemId != "k").OrderBy(row => row.OccurredAt).Select(row => row.SessionId));
        Assert.Empty(await Store.ListAsync("visitor"));
        Assert.Single(await Store.ListAsync("other"));
        Assert.Null(await Store.Catalogue.GetUserAsync("visitor", Ct));
        Assert.Equal("user", (await Store.Impressions.GetAsync(list.RecommendationId, Ct))!.UserId);
        Assert.Equal(1, await CountAsync("SELECT count(*) FROM impressions WHERE user_id = 'other'"));
        Assert.Equal(new StoreCounts(2, 3, 4, 1), await Store.Database.CountAsync(Ct));
        await AssertNobodyIsMissingAsync();
    }

    /// <summary>Experiments know the user by the visitor's id then, in this process and in every other.</summary>
    [Theory]
    [InlineData(true, false, true, "visitor")]
    [InlineData(true, false, false, "visitor")]
    [InlineData(true, true, true, null)]
    [InlineData(true, true, false, null)]
    [InlineData(false, false, true, null)]
    [InlineData(false, true, false, null)]
    public async Task Merge_OfWhoSawAVariant_GivesItToAUserWhoSawNone(bool visitorSaw, bool userSaw, bool visitorActed, string? expected)
    {
        await Store.AppendAsync(Store.Interaction("user", "k"));
        if (visitorActed)
            await Store.AppendAsync(Store.Interaction("visitor", "i"));
        await ShowAsync("visitor", visitorSaw ? "e/b" : null);
        await ShowAsync("user", userSaw ? "e/a" : null);
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;

        var merge = await MergeAsync("visitor", "user");

        if (visitorActed || expected is not null)
            Assert.Equal(expected, merge.User!.AssignmentId);
        Assert.Equal(expected, (await Store.Catalogue.GetUserAsync("user", Ct))!.AssignmentId);
        var loaded = await Store.Feed.LoadAsync(Ct);
        var place = loaded.Users.Select(user => user.UserId).ToList().IndexOf("user");
        Assert.Equal(expected ?? "user", loaded.Assignments.IdOf(place, "user"));
        Assert.Equal(expected is null ? [] : [("user", expected)], (await Store.Feed.ReadSinceAsync(marker, 10, Ct)).Users.Select(user => (user.UserId, user.AssignmentId!)));
    }

    /// <summary>Of three devices the first one's variant stays, also when its lists are deleted and its counts are all that is left, and when the user is new.</summary>
    [Fact]
    public async Task Merge_OfWhoWasMerged_KeepsTheFirstId()
    {
        await ShowAsync("phone", "e/b");
        await Store.Figures.FollowAsync(new AttributionRules(TimeSpan.FromDays(7), new AttributionRole[Store.Kinds.Count]), null, Ct);
        Assert.Equal(1, await Store.Impressions.DeleteBeforeAsync(DateTimeOffset.MaxValue, 10, Ct));

        Assert.Equal("phone", (await MergeAsync("phone", "tablet")).User!.AssignmentId);
        await ShowAsync("laptop", "e/a");
        Assert.Same(UserMerge.Nothing, await MergeAsync("laptop", "tablet"));
        Assert.Equal("phone", (await Store.Catalogue.GetUserAsync("tablet", Ct))!.AssignmentId);
        Assert.Equal("phone", (await MergeAsync("tablet", "user")).User!.AssignmentId);

        await Store.EraseUserAsync("user", Ct);
        Assert.Equal(0, await CountAsync("SELECT count(*) FROM users WHERE assignment_id IS NOT NULL"));
    }

    private Task ShowAsync(string userId, string? variant) =>
        Store.Impressions.AppendAsync([new Impression(Guid.CreateVersion7(), userId, "home", variant, null, "c", Store.Inner.Now, ["i"])], Ct);

    [Fact]
    public async Task Merge_Visitor_TheNextTrainingLearnsItOfTheUser()
    {
        await Store.AppendAsync(Store.Interaction("visitor", "i", "purchase", at: 1), Store.Rating("visitor", "j", 4, at: 2), Store.Interaction("user", "k", at: 3));
        var before = await Store.Interactions.LoadDatasetAsync(Ct);

        var merge = await MergeAsync("visitor", "user");

        Assert.True(await Store.Interactions.HasChangedSinceAsync(before.Watermark!, Ct));
        var after = await Store.Interactions.LoadDatasetAsync(Ct);
        Assert.Equal((3, 3), (before.Count, after.Count));
        Assert.Equal(merge.User!.Key, Assert.Single(Enumerable.Range(0, after.Users.Count).Select(user => after.Users[user])));
        Assert.Equal(3, after.HistoryOf(0).Items.Length);
        Assert.False(await Store.Interactions.HasChangedSinceAsync(after.Watermark!, Ct));
    }

    [Fact]
    public async Task Merge_AgainOrUnknown_MovesNothingAndWritesNothing()
    {
        await Store.AppendAsync(Store.Interaction("visitor", "i"), Store.Interaction("user", "k"));
        Assert.Equal((1, 0), Moved(await MergeAsync("visitor", "user")));
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;

        Assert.Same(UserMerge.Nothing, await MergeAsync("visitor", "user"));
        Assert.Same(UserMerge.Nothing, await MergeAsync("never", "user"));
        Assert.Same(UserMerge.Nothing, await MergeAsync("never", "nobody"));

        Assert.Null(await Store.Catalogue.GetUserAsync("nobody", Ct));
        var changes = await Store.Feed.ReadSinceAsync(marker, 10, Ct);
        Assert.Empty(changes.Rewritten);
        Assert.Empty(changes.ErasedUserKeys);
        await Assert.ThrowsAsync<ArgumentException>(() => MergeAsync("user", "user"));
    }

    [Fact]
    public async Task Merge_IntoNobody_CreatesTheUser()
    {
        Store.Clock.Advance(TimeSpan.FromSeconds(1));
        await Store.AppendAsync(Store.Interaction("visitor", "i"));

        Assert.Equal((1, 0), Moved(await MergeAsync("visitor", "new")));

        Assert.Equal(Store.Inner.Now, (await Store.Catalogue.GetUserAsync("new", Ct))!.CreatedAt);
        Assert.Equal(["view i"], await ShownAsync("new"));
    }

    /// <summary>Seconds at which the visitor and the user rated, and which of them arrived first.</summary>
    [Theory]
    [InlineData(20, 10, true, "rating i 2", 1)]
    [InlineData(10, 20, true, "rating i 5", 0)]
    [InlineData(20, 10, false, "rating i 2", 1)]
    [InlineData(10, 20, false, "rating i 5", 0)]
    [InlineData(10, 10, true, "rating i 5", 0)]
    [InlineData(10, 10, false, "rating i 2", 1)]
    public async Task Merge_BothRatedOneItem_TheLaterStays(int visitorAt, int userAt, bool visitorFirst, string expected, int moved)
    {
        NewInteraction[] ratings = [Store.Rating("visitor", "i", 2, at: visitorAt), Store.Rating("user", "i", 5, at: userAt)];
        foreach (var rating in visitorFirst ? ratings : ratings.Reverse())
        {
            await Store.AppendAsync(rating);
            Store.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await Store.AppendAsync(Store.Rating("visitor", "only", 3), Store.Rating("user", "own", 4));

        Assert.Equal((0, moved + 1), Moved(await MergeAsync("visitor", "user")));

        Assert.Equal([expected, "rating only 3", "rating own 4"], await ShownAsync("user"));
        await AssertNobodyIsMissingAsync();
    }

    /// <summary>As when both had rated under one id.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Merge_RatingThatWasTakenBack_CountsFromThenOn(bool visitorTookBack, bool tookBackLast)
    {
        var (tookBack, kept) = visitorTookBack ? ("visitor", "user") : ("user", "visitor");
        if (tookBackLast)
            await Store.AppendAsync(Store.Rating(kept, "i", 5));
        await Store.AppendAsync(Store.Rating(tookBack, "i", 2));
        Store.Clock.Advance(TimeSpan.FromSeconds(1));
        await Store.Corrections.DeleteRatingAsync(tookBack, "i", Ct);
        Store.Clock.Advance(TimeSpan.FromSeconds(1));
        if (!tookBackLast)
            await Store.AppendAsync(Store.Rating(kept, "i", 5));

        Assert.Equal((0, !visitorTookBack && !tookBackLast ? 1 : 0), Moved(await MergeAsync("visitor", "user")));

        Assert.Equal(tookBackLast ? [] : ["rating i 5"], await ShownAsync("user"));
        await AssertNobodyIsMissingAsync();
    }

    [Fact]
    public async Task Merge_WhatWasTakenBack_StaysSoAndRetriesOfTheVisitorAreDuplicates()
    {
        var kept = Store.Interaction("visitor", "i", "purchase", "a", at: 1);
        var gone = Store.Interaction("visitor", "j", "purchase", "b", at: 2);
        await Store.AppendAsync(kept, gone, Store.Interaction("user", "k"));
        await Store.Corrections.DeleteAsync("b", Ct);

        Assert.Equal((1, 0), Moved(await MergeAsync("visitor", "user")));

        var retry = await Store.AppendAsync(kept, gone);
        Assert.Equal((0, 2), (retry.Accepted, retry.Duplicates));
        Assert.Equal(["purchase i", "view k"], await ShownAsync("user"));
        Assert.Equal(1, (await Store.Corrections.DeleteAsync("a", Ct))!.Count);
        Assert.Equal(["view k"], await ShownAsync("user"));
    }

    [Theory]
    [InlineData("""{"country":"DE","news":true}""", """{"country":"AT","age":40}""", """{"country":"DE","news":true,"age":40}""")]
    [InlineData(null, """{"age":40}""", """{"age":40}""")]
    [InlineData("""{"age":40}""", null, """{"age":40}""")]
    [InlineData(null, null, null)]
    public async Task Merge_Attributes_TheUsersWinAndTheVisitorsFillThem(string? user, string? visitor, string? expected)
    {
        var before = (await Store.Catalogue.PutUserAsync("user", user, Ct)).User;
        await Store.Catalogue.PutUserAsync("visitor", visitor, Ct);
        Store.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((0, 0), Moved(await MergeAsync("visitor", "user")));

        var after = (await Store.Catalogue.GetUserAsync("user", Ct))!;
        Assert.Equal((expected, before.CreatedAt), (after.AttributesJson, after.CreatedAt));
        Assert.Equal(expected != user, after.UpdatedAt > before.UpdatedAt);
        Assert.Null(await Store.Catalogue.GetUserAsync("visitor", Ct));
    }

    [Fact]
    public async Task ReadSince_AfterAMerge_ErasesTheVisitorAndBringsAllOfTheUser()
    {
        await Store.AppendAsync(Store.Interaction("visitor", "i", at: 1), Store.Interaction("user", "k", at: 2));
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;
        // Somebody who follows has yet to hear of this one.
        await Store.AppendAsync(Store.Interaction("visitor", "j", at: 3), Store.Rating("visitor", "j", 4, at: 4));

        var merge = await MergeAsync("visitor", "user");

        var changes = await Store.Feed.ReadSinceAsync(marker, 100, Ct);
        Assert.Equal([merge.FromKey!.Value], changes.ErasedUserKeys);
        var user = Assert.Single(changes.Rewritten);
        Assert.Equal((merge.User!.Key, "user"), (user.UserKey, user.UserId));
        Assert.Equal(["i", "j", "j", "k"], user.Interactions.Select(interaction => interaction.ItemId).Order());
        Assert.All(changes.Interactions, interaction => Assert.Equal(merge.User!.Key, interaction.UserKey));
        Assert.Equal([merge.User!.Key], (await Store.Feed.LoadAsync(Ct)).Users.Select(known => known.Key));
    }

    [Fact]
    public async Task Merge_ThatFailsInTheMiddle_ChangesNothing()
    {
        await Store.AppendAsync(Store.Interaction("visitor", "i"), Store.Interaction("user", "k"));

        await Assert.ThrowsAsync<InvalidDataException>(() => Store.Merges.MergeAsync("visitor", "user", (_, _) => throw new InvalidDataException(), Ct));

        Assert.Equal(["view i"], await ShownAsync("visitor"));
        Assert.Equal(["view k"], await ShownAsync("user"));
    }

    [Fact]
    public async Task Merge_WhileTheVisitorActs_LosesNothing()
    {
        await using var replica = Store.Replica();
        await Store.AppendAsync(Store.Interaction("visitor", "i0", id: "x0"));
        var acts = Task.Run(
            async () =>
            {
                for (var n = 1; n <= 60; n++)
                    await replica.AppendAsync(Store.Interaction("visitor", $"i{n}", id: $"x{n}"), Store.Rating("visitor", $"i{n}", 3));
            },
            Ct);
        var (interactions, ratings) = (0, 0);
        do
        {
            var (more, rated) = Moved(await MergeAsync("visitor", "user"));
            (interactions, ratings) = (interactions + more, ratings + rated);
        }
        while (!acts.IsCompleted);
        await acts;
        var (last, lastRated) = Moved(await MergeAsync("visitor", "user"));

        Assert.Equal((61, 60), (interactions + last, ratings + lastRated));
        Assert.Equal(121, (await Store.ListAsync("user")).Count);
        Assert.Equal(new StoreCounts(1, 61, 61, 60), await Store.Database.CountAsync(Ct));
        await AssertNobodyIsMissingAsync();
    }

    [Fact]
    public async Task Merge_OfManyConnectionsAtOnce_EndsWithEverythingUnderOneUser()
    {
        await Store.AppendAsync([.. Enumerable.Range(0, 40).Select(n => Store.Interaction($"u{n % 4}", $"i{n}", id: $"x{n}")), .. Enumerable.Range(0, 40).Select(n => Store.Rating($"u{n % 4}", $"i{n / 4}", n % 5))]);
        var replicas = Enumerable.Range(0, 4).Select(_ => Store.Replica()).ToArray();

        // In circles, and several times the same.
        var merges = await Task.WhenAll(replicas.Select((replica, part) => Task.Run(
            async () =>
            {
                var moved = 0;
                for (var n = 0; n < 6; n++)
                    moved += (await MergeAsync($"u{(part + n) % 4}", $"u{(part + n + 1) % 4}", replica)).Interactions;
                return moved;
            },
            Ct)));
        for (var n = 1; n < 4; n++)
            await MergeAsync($"u{n}", "u0");

        Assert.True(merges.Sum() >= 40, "Each of the four was moved at least once.");
        Assert.Equal(new StoreCounts(1, 40, 40, 10), await Store.Database.CountAsync(Ct));
        Assert.Equal(50, (await Store.ListAsync("u0")).Count);
        await AssertNobodyIsMissingAsync();
        foreach (var replica in replicas)
            await replica.DisposeAsync();
    }
}

public sealed class SqliteUserMergesTests() : UserMergesContract(StorageProvider.Sqlite);

public sealed class PostgresUserMergesTests() : UserMergesContract(StorageProvider.Postgres);
