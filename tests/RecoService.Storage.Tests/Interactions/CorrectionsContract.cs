namespace RecoService.Storage.Tests.Interactions;

public abstract class CorrectionsContract(StorageProvider provider) : StorageContract(provider)
{
    private async Task<Correction> DeleteAsync(string id) => await Store.Corrections.DeleteAsync(id, Ct) ?? throw new InvalidOperationException($"There is no '{id}'.");

    private async Task<(string ItemId, float Value)[]> FedAsync(string userId)
    {
        var data = await Store.Feed.LoadAsync(Ct);
        var user = data.Users.Single(user => user.UserId == userId);
        Assert.True(data.Histories.Users.TryGetIndex(user.Key, out var index));
        var items = data.Items.Keys.Zip(data.Items.Ids).ToDictionary(item => item.First, item => item.Second);
        return [.. data.Histories.UserItemIndexes(index).ToArray().Select((item, position) => (items[data.Histories.Items[item]], data.Histories.UserValues(index)[position])).Order()];
    }

    [Fact]
    public async Task Delete_Interaction_IsGoneFromEverythingThatReads()
    {
        var keys = (await Store.AppendAsync(
            Store.Interaction("u", "kept", "purchase", "a") with { OrderId = "o" }, Store.Interaction("u", "gone", "purchase", "b", value: 3) with { OrderId = "o", Quantity = 2, UnitPrice = 5 })).Interactions;

        var correction = await DeleteAsync("b");

        Assert.Equal(1, correction.Count);
        Assert.Equal([keys[0].UserKey], correction.UserKeys);
        Assert.Equal(["a"], (await Store.ListAsync("u")).Select(row => row.Id));
        Assert.Equal(1, (await Store.Interactions.LoadDatasetAsync(Ct)).Count);
        Assert.Equal([("kept", 0f)], await FedAsync("u"));
        Assert.Equal(new StoreCounts(1, 2, 1, 0), await Store.Database.CountAsync(Ct));
    }

    [Fact]
    public async Task Delete_Again_ChangesNothingAndUnknownIsNull()
    {
        await Store.AppendAsync(Store.Interaction("u", "i", id: "a"));
        await DeleteAsync("a");
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;

        var again = await DeleteAsync("a");

        Assert.Equal(0, again.Count);
        Assert.Empty(again.UserKeys);
        Assert.Empty((await Store.Feed.ReadSinceAsync(marker, 10, Ct)).Rewritten);
        Assert.Null(await Store.Corrections.DeleteAsync("never", Ct));
        Assert.Null(await Store.Corrections.DeleteAsync("A", Ct));
    }

    [Fact]
    public async Task Delete_ThenALateRetryOfThePost_StaysTakenBack()
    {
        var post = Store.Interaction("u", "i", "purchase", "a", at: -5);
        await Store.AppendAsync(post);
        await DeleteAsync("a");

        var retry = await Store.AppendAsync(post, Store.Interaction("u", "other", id: "b"));

        Assert.Equal((1, 1), (retry.Accepted, retry.Duplicates));
        Assert.Equal(["b"], (await Store.ListAsync("u")).Select(row => row.Id));
        await Assert.ThrowsAsync<InteractionConflictException>(() => Store.AppendAsync(Store.Interaction("v", "i", id: "a")));
    }

    [Fact]
    public async Task Delete_ThenTheImportThatBroughtIt_StaysTakenBack()
    {
        async Task<ImportResult> ImportAsync()
        {
            await using var stage = await Store.Import.StageInteractionsAsync(Ct);
            await stage.AddAsync(1, Store.Interaction("u", "i", "purchase", "a", at: -5), Ct);
            await stage.AddAsync(2, Store.Rating("u", "rated", 4, at: -5), Ct);
            return await stage.CommitAsync("file", ImportRules.Default, Ct);
        }

        await ImportAsync();
        await DeleteAsync("a");
        Assert.Equal(1, (await Store.Corrections.DeleteRatingAsync("u", "rated", Ct))!.Count);

        var again = await ImportAsync();

        Assert.Equal((true, 0L, 2L), (again.Committed, again.Accepted, again.Duplicates));
        Assert.Empty(await Store.ListAsync("u"));
    }

    [Fact]
    public async Task DeleteOrder_TakesAllItsInteractionsOfAllUsersAndLeavesTheRest()
    {
        await Store.AppendAsync(
            Store.Interaction("u", "i", "purchase", "a") with { OrderId = "o1" }, Store.Interaction("u", "j", "purchase") with { OrderId = "o1" },
            Store.Interaction("v", "i", "purchase", "c") with { OrderId = "o1" }, Store.Interaction("u", "k", "purchase", "d") with { OrderId = "o2" },
            Store.Rating("u", "i", 4) with { OrderId = "o1" });

        var correction = (await Store.Corrections.DeleteOrderAsync("o1", Ct))!;

        Assert.Equal((3, 2), (correction.Count, correction.UserKeys.Count));
        Assert.Equal(["i", "k"], (await Store.ListAsync("u")).Select(row => row.ItemId).Order());
        Assert.Empty(await Store.ListAsync("v"));
        Assert.Equal(0, (await Store.Corrections.DeleteOrderAsync("o1", Ct))!.Count);
        Assert.Null(await Store.Corrections.DeleteOrderAsync("o3", Ct));
    }

    [Fact]
    public async Task DeleteOrder_ThatGrowsLater_TakesWhatIsNew()
    {
        await Store.AppendAsync(Store.Interaction("u", "i", "purchase", "a") with { OrderId = "o" });
        await Store.Corrections.DeleteOrderAsync("o", Ct);
        await Store.AppendAsync(Store.Interaction("u", "j", "purchase", "b") with { OrderId = "o" });

        Assert.Equal(1, (await Store.Corrections.DeleteOrderAsync("o", Ct))!.Count);
        Assert.Empty(await Store.ListAsync("u"));
    }

    [Fact]
    public async Task DeleteRating_OlderRetriesChangeNothingAndNewerOnesCount()
    {
        var first = Store.Rating("u", "i", 4, at: -10);
        await Store.AppendAsync(first);

        Assert.Equal(1, (await Store.Corrections.DeleteRatingAsync("u", "i", Ct))!.Count);

        Assert.Empty(await Store.ListAsync("u"));
        Assert.Equal(0, (await Store.Interactions.LoadDatasetAsync(Ct)).Count);
        Assert.Empty(await FedAsync("u"));
        Assert.Equal(new StoreCounts(1, 1, 0, 0), await Store.Database.CountAsync(Ct));
        Assert.Equal(0, (await Store.AppendAsync(first)).Accepted);
        Assert.Equal(0, (await Store.AppendAsync(Store.Rating("u", "i", 5, at: -1))).Accepted);
        Assert.Equal(0, (await Store.Corrections.DeleteRatingAsync("u", "i", Ct))!.Count);

        Store.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await Store.AppendAsync(Store.Rating("u", "i", 2))).Accepted);
        Assert.Equal(2, Assert.Single(await Store.ListAsync("u")).Value);
        Assert.Equal([("i", 2f)], await FedAsync("u"));
    }

    [Fact]
    public async Task DeleteRating_OfOneDatedAhead_IsNotBroughtBackByItsRetry()
    {
        var ahead = Store.Rating("u", "i", 4) with { OccurredAt = Store.Clock.GetUtcNow().AddHours(1) };
        await Store.AppendAsync(ahead);
        await Store.Corrections.DeleteRatingAsync("u", "i", Ct);

        Assert.Equal(0, (await Store.AppendAsync(ahead)).Accepted);
        Assert.Empty(await Store.ListAsync("u"));
    }

    [Theory]
    [InlineData("u", "other")]
    [InlineData("other", "i")]
    [InlineData("nobody", "nothing")]
    public async Task DeleteRating_Unknown_IsNull(string user, string item)
    {
        await Store.AppendAsync(Store.Rating("u", "i", 4), Store.Interaction("other", "other"));

        Assert.Null(await Store.Corrections.DeleteRatingAsync(user, item, Ct));
        Assert.Single(await Store.ListAsync("u"));
    }

    [Fact]
    public async Task Upsert_NewStoredAndTakenBack_AreAllThereOnce()
    {
        await Store.AppendAsync(Store.Interaction("u", "i", "view", "stored", value: 2), Store.Interaction("u", "i", "view", "gone", value: 2));
        await DeleteAsync("gone");
        var some = new[]
        {
            Store.Interaction("u", "i", "like", "stored", value: 3), Store.Interaction("u", "j", "view", "gone", value: 5), Store.Interaction("v", "i", "view", "new", value: 1),
            Store.Interaction("v", "i", "view", "new", value: 7), Store.Rating("v", "i", 4),
        };

        var (appended, correction) = await Store.Corrections.UpsertAsync(some, addValues: false, Ct);

        Assert.Equal(2, appended.Accepted);
        Assert.Equal(3, correction.Count / 2);
        Assert.Equal([("i", "like", 3), ("j", "view", 5)], (await Store.ListAsync("u")).Select(row => (row.ItemId, row.Kind, row.Value ?? 0)).Order());
        Assert.Equal([("rating", 4), ("view", 7)], (await Store.ListAsync("v")).Select(row => (row.Kind, row.Value ?? 0)).Order());
        Assert.Equal(4, (await Store.Interactions.LoadDatasetAsync(Ct)).Count);
    }

    [Fact]
    public async Task Upsert_AddingValues_AddsToWhatIsThereAndNotToWhatWasTakenBack()
    {
        var one = Store.Interaction("u", "i", "view", "a", value: 2);
        foreach (var expected in (double[])[2, 4, 6])
        {
            await Store.Corrections.UpsertAsync([one], addValues: true, Ct);
            Assert.Equal(expected, Assert.Single(await Store.ListAsync("u")).Value);
        }

        await DeleteAsync("a");
        await Store.Corrections.UpsertAsync([one], addValues: true, Ct);
        Assert.Equal(2, Assert.Single(await Store.ListAsync("u")).Value);
        await Store.Corrections.UpsertAsync([one with { Value = null }], addValues: true, Ct);
        Assert.Equal(2, Assert.Single(await Store.ListAsync("u")).Value);
    }

    [Fact]
    public async Task Upsert_FromManySidesAtOnce_LosesNoValue()
    {
        var one = Store.Interaction("u", "i", "view", "a", value: 1);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Store.Corrections.UpsertAsync([one], addValues: true, Ct), Ct)));

        Assert.Equal(8, Assert.Single(await Store.ListAsync("u")).Value);
    }

    [Fact]
    public async Task Put_NewId_StoresItLikeAnAppend()
    {
        var put = Store.Interaction("u", "i", "purchase", "a") with { SessionId = "s", OrderId = "o", Quantity = 2, UnitPrice = 1.5m };

        var result = await Store.Corrections.PutAsync(put, Ct);

        Assert.Equal((1, 0), (result.Created!.Accepted, result.Correction.Count));
        Assert.True(result.Created.Change > 0);
        Assert.Equal(new StoredInteraction("a", "u", "i", "purchase", null, Store.Clock.GetUtcNow(), Store.Clock.GetUtcNow(), "s", "o", 2, 1.5m, null), Assert.Single(await Store.ListAsync("u")));
        Assert.Equal(1, (await Store.AppendAsync(put)).Duplicates);
    }

    [Fact]
    public async Task Put_KnownId_ReplacesEverythingAndNamesBothUsers()
    {
        var post = Store.Interaction("u", "i", "view", "a", at: -60) with { SessionId = "s", OrderId = "o", Quantity = 2, UnitPrice = 5 };
        var first = await Store.AppendAsync(post);
        var corrected = Store.Interaction("v", "j", "purchase", "a") with { RecommendationId = Guid.Parse("0199aaaa-1111-7222-8333-444455556666") };

        var result = await Store.Corrections.PutAsync(corrected, Ct);

        Assert.Null(result.Created);
        Assert.Equal(1, result.Correction.Count);
        Assert.Equal([first.Interactions[0].UserKey, (await Store.Catalogue.GetUserAsync("v", Ct))!.Key], result.Correction.UserKeys);
        Assert.Empty(await Store.ListAsync("u"));
        Assert.Equal(
            new StoredInteraction("a", "v", "j", "purchase", null, post.OccurredAt!.Value, Store.Clock.GetUtcNow(), null, null, null, null, corrected.RecommendationId),
            Assert.Single(await Store.ListAsync("v")));
        // The original may still be on its way a second time.
        Assert.Equal((0, 1), (await Store.AppendAsync(post)) is var retry ? (retry.Accepted, retry.Duplicates) : default);
        Assert.Equal("j", Assert.Single(await Store.ListAsync("v")).ItemId);
    }

    [Fact]
    public async Task Put_Again_ChangesNothing()
    {
        var put = Store.Interaction("u", "i", "purchase", "a") with { Quantity = 2 };
        await Store.Corrections.PutAsync(put, Ct);
        Store.Clock.Advance(TimeSpan.FromMinutes(1));

        var again = await Store.Corrections.PutAsync(put, Ct);

        Assert.Null(again.Created);
        Assert.Equal(0, again.Correction.Count);
        Assert.Empty(again.Correction.UserKeys);
        Assert.Equal(1, (await Store.Corrections.PutAsync(put with { Quantity = 1 }, Ct)).Correction.Count);
    }

    [Fact]
    public async Task Put_IdThatWasTakenBack_IsRefusedAndStoresNothing()
    {
        await Store.AppendAsync(Store.Interaction("u", "i", id: "a"));
        await DeleteAsync("a");

        var refused = await Assert.ThrowsAsync<InteractionTakenBackException>(() => Store.Corrections.PutAsync(Store.Interaction("new", "new", id: "a"), Ct));

        Assert.Equal("a", refused.Id);
        Assert.Null(await Store.Catalogue.GetUserAsync("new", Ct));
        Assert.Empty(await Store.ListAsync("u"));
    }

    [Fact]
    public async Task HasChangedSince_AfterEachKindOfCorrection_IsTrue()
    {
        await Store.AppendAsync(Store.Interaction("u", "i", id: "a") with { OrderId = "o" }, Store.Interaction("u", "i", id: "b"), Store.Interaction("u", "i", id: "c"), Store.Rating("u", "i", 3));
        Func<Task>[] corrections =
        [
            () => Store.Corrections.DeleteAsync("b", Ct), () => Store.Corrections.DeleteOrderAsync("o", Ct), () => Store.Corrections.DeleteRatingAsync("u", "i", Ct),
            () => Store.Corrections.PutAsync(Store.Interaction("u", "j", id: "c"), Ct),
        ];
        foreach (var correct in corrections)
        {
            var watermark = (await Store.Interactions.LoadDatasetAsync(Ct)).Watermark;
            Assert.False(await Store.Interactions.HasChangedSinceAsync(watermark, Ct));
            await correct();
            Assert.True(await Store.Interactions.HasChangedSinceAsync(watermark, Ct));
        }
    }

    [Fact]
    public async Task ReadSince_RewrittenUser_BringsAllThatIsLeftAndWhatTheReadingSaw()
    {
        await Store.AppendAsync(Store.Interaction("u", "old", "purchase", "a", at: -9), Store.Interaction("u", "gone", "purchase", "b"), Store.Rating("u", "rated", 3), Store.Interaction("v", "i"));
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;
        await DeleteAsync("b");
        var during = await Store.AppendAsync(Store.Interaction("u", "young", "purchase"));

        var changes = await Store.Feed.ReadSinceAsync(marker, 100, Ct, [during.Change]);
        var later = await Store.AppendAsync(Store.Interaction("u", "later", "purchase"));

        var rewritten = Assert.Single(changes.Rewritten);
        Assert.Equal("u", rewritten.UserId);
        Assert.Equal(["old", "rated", "young"], rewritten.Interactions.Select(interaction => interaction.ItemId).Order());
        Assert.All(rewritten.Interactions, interaction => Assert.True(rewritten.Through.Covers(interaction.Change)));
        Assert.True(rewritten.Through.Covers(during.Change));
        Assert.False(rewritten.Through.Covers(later.Change));
        Assert.False(changes.HasMore);
        Assert.Empty((await Store.Feed.ReadSinceAsync(changes.Marker, 100, Ct)).Rewritten);

        var again = Assert.Single(await Store.Feed.ReadUsersAsync(rewritten.Interactions.Select(interaction => interaction.UserKey).Distinct().ToList(), Ct));
        Assert.Equal(4, again.Interactions.Count);
        Assert.True(again.Through.IsAfter(rewritten.Through));
        Assert.False(rewritten.Through.IsAfter(again.Through));
        Assert.False(again.Through.IsAfter(again.Through));
    }

    [Fact]
    public async Task ReadSince_MoreRewrittenUsersThanAPage_BringsEachOnce()
    {
        const int users = 450;
        await Store.AppendAsync([.. Enumerable.Range(0, users).Select(n => Store.Interaction($"u{n:000}", "i", id: $"x{n}") with { OrderId = "o" })]);
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;
        Assert.Equal(users, (await Store.Corrections.DeleteOrderAsync("o", Ct))!.UserKeys.Count);
        await Store.AppendAsync(Store.Interaction("u000", "j", "purchase"));

        List<string> rewritten = [];
        List<string> appended = [];
        ServingChanges changes;
        do
        {
            changes = await Store.Feed.ReadSinceAsync(marker, 1000, Ct);
            rewritten.AddRange(changes.Rewritten.Select(user => user.UserId));
            appended.AddRange(changes.Interactions.Select(interaction => interaction.ItemId));
            marker = changes.Marker;
        }
        while (changes.HasMore);

        Assert.Equal(users, rewritten.Distinct().Count());
        Assert.Equal(users, rewritten.Count);
        Assert.Contains("j", appended);
    }

    [Fact]
    public async Task ReadSince_CorrectedToAnotherUser_BringsBothHistories()
    {
        await Store.AppendAsync(Store.Interaction("u", "i", "purchase", "a"), Store.Interaction("u", "k", "view"));
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;

        await Store.Corrections.PutAsync(Store.Interaction("v", "i", "purchase", "a"), Ct);

        var changes = await Store.Feed.ReadSinceAsync(marker, 100, Ct);
        Assert.Equal([("u", "k"), ("v", "i")], changes.Rewritten.Select(user => (user.UserId, Assert.Single(user.Interactions).ItemId)).Order());
    }

    [Fact]
    public async Task EraseUser_AfterCorrections_LeavesNothingOfTheUser()
    {
        await Store.AppendAsync(Store.Interaction("u", "i", id: "a"), Store.Rating("u", "i", 3), Store.Interaction("v", "i"));
        await DeleteAsync("a");
        await Store.Corrections.DeleteRatingAsync("u", "i", Ct);
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;

        await Store.EraseUserAsync("u", Ct);

        Assert.Empty((await Store.Feed.ReadSinceAsync(marker, 100, Ct)).Rewritten);
        foreach (var table in (string[])["interactions", "ratings", "rewrites"])
            Assert.Equal(table == "interactions" ? 1 : 0, await Store.Inner.ReadSnapshotAsync(context => context.CountAsync($"SELECT count(*) FROM {table}", Ct), Ct));
        Assert.Null(await Store.Corrections.DeleteAsync("a", Ct));
    }

    [Fact]
    public async Task Corrections_OfManyConnectionsAtOnce_EndAsOneOfTheOrders()
    {
        await Store.AppendAsync([.. Enumerable.Range(0, 40).Select(n => Store.Interaction($"u{n % 4}", "i", "purchase", $"x{n}") with { OrderId = $"o{n % 5}" })]);
        var replicas = Enumerable.Range(0, 4).Select(_ => Store.Replica()).ToArray();

        await Task.WhenAll(replicas.Select((replica, part) => Task.Run(
            async () =>
            {
                for (var n = 0; n < 40; n++)
                {
                    var id = $"x{((n * 7) + (part * 11)) % 40}";
                    if (n % 10 == 9)
                        await replica.Corrections.DeleteOrderAsync($"o{(n / 10) + (part % 2)}", Ct);
                    else if ((n + part) % 2 == 0)
                        await replica.Corrections.DeleteAsync(id, Ct);
                    else
                        await PutUnlessTakenBackAsync(replica, id, $"u{(n + part) % 4}");
                }
            },
            Ct)));

        var fed = (await Store.Feed.LoadAsync(Ct)).Histories.Count;
        Assert.Equal((await Store.Database.CountAsync(Ct)).Interactions, fed);
        Assert.Equal(fed, (await Store.Interactions.LoadDatasetAsync(Ct)).Count);
        foreach (var replica in replicas)
            await replica.DisposeAsync();
    }

    private static async Task PutUnlessTakenBackAsync(TestStore store, string id, string userId)
    {
        try
        {
            await store.Corrections.PutAsync(store.Interaction(userId, "j", "purchase", id) with { OrderId = null }, Ct);
        }
        catch (InteractionTakenBackException)
        {
            // Another connection was faster.
        }
    }
}

public sealed class SqliteCorrectionsTests() : CorrectionsContract(StorageProvider.Sqlite);

public sealed class PostgresCorrectionsTests() : CorrectionsContract(StorageProvider.Postgres);
