namespace RecoService.Storage.Tests.Interactions;

public abstract class AppendContract(StorageProvider provider) : StorageContract(provider)
{
    [Fact]
    public async Task Append_UnknownUserAndItem_CreatesBothAndKeepsEveryField()
    {
        var sent = Store.Interaction("u 1", "i/1", "purchase", "x-1", at: -60) with
        {
            SessionId = "s",
            OrderId = "o",
            Quantity = 2.5,
            UnitPrice = 19.9900m,
            RecommendationId = Guid.Parse("0199aaaa-1111-7222-8333-444455556666"),
        };

        var result = await Store.AppendAsync(sent);

        Assert.Equal((1, 0), (result.Accepted, result.Duplicates));
        var stored = Assert.Single(await Store.ListAsync("u 1"));
        Assert.Equal(
            new StoredInteraction("x-1", "u 1", "i/1", "purchase", null, sent.OccurredAt!.Value, Store.Clock.GetUtcNow(), "s", "o", 2.5, 19.99m, sent.RecommendationId),
            stored);
        var item = await Store.Catalogue.GetItemAsync("i/1", Ct);
        Assert.NotNull(item);
        Assert.False(item.Listed);
        Assert.Equal(
            new AppendedInteraction("x-1", (await Store.Catalogue.GetUserAsync("u 1", Ct))!.Key, item.Key, AppendStatus.Accepted, sent.OccurredAt.Value.ToUnixTimeMilliseconds(), false),
            result.Interactions[0]);
    }

    [Fact]
    public async Task Append_WithoutTimeOrId_TakesTheClockAndMakesAnId()
    {
        var result = await Store.AppendAsync(Store.Interaction("u", "i"), Store.Interaction("u", "i"));

        var stored = await Store.ListAsync("u");
        Assert.Equal(2, stored.Select(interaction => interaction.Id).Distinct().Count());
        Assert.Equal(result.Interactions.Select(one => one.Id).Order(), stored.Select(interaction => interaction.Id).Order());
        Assert.All(stored, interaction => Assert.Equal(7, Guid.Parse(interaction.Id!).Version));
        Assert.All(stored, interaction => Assert.Equal(Store.Clock.GetUtcNow(), interaction.OccurredAt));
    }

    [Fact]
    public async Task Append_SameIdSameContent_IsDuplicateEvenWhenTheStoreFilledInTheTime()
    {
        var first = await Store.AppendAsync(Store.Interaction("u", "i", id: "a"));
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        var again = await Store.AppendAsync(Store.Interaction("u", "i", id: "a"), Store.Interaction("u", "i", id: "b"), Store.Interaction("u", "i", id: "b"));

        Assert.Equal((1, 2), (again.Accepted, again.Duplicates));
        Assert.Equal([AppendStatus.Duplicate, AppendStatus.Accepted, AppendStatus.Duplicate], again.Interactions.Select(one => one.Status));
        Assert.All(again.Interactions, one => Assert.Equal((first.Interactions[0].UserKey, first.Interactions[0].ItemKey), (one.UserKey, one.ItemKey)));
        Assert.Equal(2, (await Store.ListAsync("u")).Count);
    }

    [Theory]
    [InlineData("u", "i", "view", 5)]
    [InlineData("u", "i", "click", 0)]
    [InlineData("v", "i", "view", 0)]
    [InlineData("u", "j", "view", 0)]
    public async Task Append_SameIdOtherContent_StoresNothingOfTheBatch(string user, string item, string kind, double at)
    {
        await Store.AppendAsync(Store.Interaction("u", "i", id: "a", at: 0));

        var conflict = await Assert.ThrowsAsync<InteractionConflictException>(
            () => Store.AppendAsync(Store.Interaction("new", "new", id: "n"), Store.Interaction(user, item, kind, "a", at)));

        Assert.Equal((1, "a"), (conflict.Index, conflict.Id));
        Assert.Equal(new StoreCounts(1, 1, 1, 0), await Store.Database.CountAsync(Ct));
    }

    [Fact]
    public async Task Append_TwoContentsOfOneIdInABatch_NamesTheSecond()
    {
        var conflict = await Assert.ThrowsAsync<InteractionConflictException>(
            () => Store.AppendAsync(Store.Interaction("u", "i", id: "a"), Store.Interaction("u", "j", id: "a")));

        Assert.Equal(1, conflict.Index);
        Assert.Equal(new StoreCounts(0, 0, 0, 0), await Store.Database.CountAsync(Ct));
    }

    [Fact]
    public async Task Append_IdsThatDifferOnlyByCaseOrAccent_AreDifferent()
    {
        await Store.AppendAsync(
            Store.Interaction("u", "A", id: "x"), Store.Interaction("U", "a", id: "X"), Store.Interaction("ü", "á", id: "ẋ"), Store.Interaction("u\u0308", "a ", id: "x "),
            Store.Interaction("😀", "'; DROP TABLE users; --", id: "😀"));

        Assert.Equal(new StoreCounts(5, 5, 5, 0), await Store.Database.CountAsync(Ct));
    }

    [Fact]
    public async Task Append_Rating_NewerOrEqualTimeWins()
    {
        Assert.Equal(1, (await Store.AppendAsync(Store.Rating("u", "i", 3, at: 10))).Accepted);
        Assert.Equal(0, (await Store.AppendAsync(Store.Rating("u", "i", 1, at: 9))).Accepted);
        Assert.Equal(3, Assert.Single(await Store.ListAsync("u")).Value);

        Assert.Equal(1, (await Store.AppendAsync(Store.Rating("u", "i", 4, at: 10))).Accepted);
        Assert.Equal(4, Assert.Single(await Store.ListAsync("u")).Value);

        Assert.Equal(1, (await Store.AppendAsync(Store.Rating("u", "i", 2, at: 11))).Accepted);
        var stored = Assert.Single(await Store.ListAsync("u"));
        Assert.Equal((2, "rating", (string?)null), (stored.Value!.Value, stored.Kind, stored.Id));

        var same = await Store.AppendAsync(Store.Rating("u", "i", 2, at: 11));
        Assert.Equal((0, 1), (same.Accepted, same.Duplicates));
    }

    [Fact]
    public async Task Append_RatingsOfOnePairInABatch_FollowTheRuleInOrder()
    {
        await Store.AppendAsync(Store.Rating("u", "i", 1, at: 5));

        var result = await Store.AppendAsync(
            Store.Rating("u", "i", 2, at: 4), Store.Rating("u", "i", 3, at: 7), Store.Rating("u", "i", 4, at: 6), Store.Rating("u", "i", 5, at: 7), Store.Rating("u", "j", 1, at: 1));

        Assert.Equal([false, true, false, true, true], result.Interactions.Select(one => one.IsAccepted));
        Assert.Equal(5, (await Store.ListAsync("u"))[0].Value);
    }

    [Fact]
    public async Task Append_IdThatTheAnswerGave_MakesARetryHarmless()
    {
        var sent = Store.Interaction("u", "i", "purchase", at: 5);
        var first = await Store.AppendAsync(sent);
        Store.Clock.Advance(TimeSpan.FromMinutes(1));

        var again = await Store.AppendAsync(sent with { Id = first.Interactions[0].Id });

        Assert.Equal((1, 0, 1), (first.Accepted, again.Accepted, again.Duplicates));
        Assert.Single(await Store.ListAsync("u"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(86_400)]
    public async Task Append_TimeAhead_IsStoredAsTheArrivalAndCounted(int seconds)
    {
        var now = Store.Clock.GetUtcNow();
        var ahead = Store.Interaction("u", "i", id: "ahead") with { OccurredAt = now.AddSeconds(seconds) };

        var result = await Store.AppendAsync(
            ahead, Store.Interaction("u", "i", id: "past") with { OccurredAt = now.AddMilliseconds(-1) }, Store.Rating("u", "r", 1) with { OccurredAt = now.AddSeconds(seconds) });

        Assert.Equal((3, 2), (result.Accepted, result.Clamped));
        Assert.Equal([true, false, true], result.Interactions.Select(one => one.IsClamped));
        Assert.All(await Store.ListAsync("u"), stored => Assert.Equal(stored.Id == "past" ? now.AddMilliseconds(-1) : now, stored.OccurredAt));

        // What was sent is the content, so the same again is a duplicate before and after its time has come.
        for (var time = 0; time < 3; time++)
        {
            Store.Clock.Advance(TimeSpan.FromSeconds(seconds) * 0.6);
            Assert.Equal((1, 0), ((await Store.AppendAsync(ahead)).Duplicates, (await Store.AppendAsync(ahead)).Clamped));
        }
    }

    [Fact]
    public async Task Append_RatingAhead_LosesToEveryLaterCorrection()
    {
        var tomorrow = Store.Clock.GetUtcNow().AddHours(23);
        await Store.AppendAsync(Store.Rating("u", "i", 1) with { OccurredAt = tomorrow });
        foreach (var (value, at) in new[] { (5, (DateTimeOffset?)null), (4, tomorrow), (3, Store.Clock.GetUtcNow().AddSeconds(2)) })
        {
            Store.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(1, (await Store.AppendAsync(Store.Rating("u", "i", value) with { OccurredAt = at })).Accepted);
            Assert.Equal(value, Assert.Single(await Store.ListAsync("u")).Value);
        }
    }

    [Fact]
    public async Task Append_SkippingConflicts_StoresTheRestAndNamesThem()
    {
        await Store.AppendAsync(Store.Interaction("u", "i", id: "a", at: 0));

        var result = await Store.Interactions.AppendAsync(
            [
                Store.Interaction("u", "i", id: "a", at: 0), Store.Interaction("u", "j", id: "a", at: 0), Store.Interaction("u", "i", id: "b", at: 0),
                Store.Interaction("u", "j", id: "b", at: 0), Store.Rating("u", "j", 3, at: 0),
            ], Ct, skipConflicts: true);

        Assert.Equal(
            [AppendStatus.Duplicate, AppendStatus.Conflict, AppendStatus.Accepted, AppendStatus.Conflict, AppendStatus.Accepted],
            result.Interactions.Select(one => one.Status));
        Assert.Equal((2, 1, 2), (result.Accepted, result.Duplicates, result.Conflicts));
        Assert.Equal(["a", "b"], (await Store.ListAsync("u")).Select(stored => stored.Id).OfType<string>().Order());
    }

    [Fact]
    public async Task Append_DeletedItem_StaysDeleted()
    {
        await Store.Catalogue.PutItemAsync("i", new ItemRecord { Title = "t" }, Ct);
        var key = (await Store.Catalogue.DeleteItemAsync("i", Ct))!.Value.Key;

        var result = await Store.AppendAsync(Store.Interaction("u", "i"));

        Assert.Equal(key, result.Interactions[0].ItemKey);
        Assert.Null(await Store.Catalogue.GetItemAsync("i", Ct));
    }

    [Fact]
    public async Task Append_TheSameBatchFromSeveralConnections_IsStoredOnce()
    {
        var batches = Enumerable.Range(0, 6).Select(part => Enumerable.Range(0, 300)
            .Select(n => n % 3 == 0
                ? Store.Rating($"u{n * 7 % 90}", $"i{n * 11 % 70}", 1 + n % 5, at: n)
                : Store.Interaction($"u{n * 7 % 90}", $"i{n * 11 % 70}", id: $"x{n}", at: n))
            // Every writer sends the same interactions in another order.
            .OrderBy(interaction => (interaction.OccurredAt!.Value.ToUnixTimeSeconds() * (2 * part + 1)) % 307).ToArray()).ToArray();
        var replicas = batches.Select(_ => Store.Replica()).ToArray();

        var results = await Task.WhenAll(batches.Select((batch, position) => Task.Run(() => replicas[position].AppendAsync(batch), Ct)));

        Assert.Equal(200, (await Store.Database.CountAsync(Ct)).Interactions);
        Assert.Equal(200, results.Sum(result => result.Interactions.Where((one, position) => one.IsAccepted && batches[Array.IndexOf(results, result)][position].Id is not null).Count()));
        foreach (var replica in replicas)
            await replica.DisposeAsync();
    }

    [Fact]
    public async Task Append_EmptyBatch_StoresNothing()
    {
        Assert.Equal(0, (await Store.AppendAsync()).Accepted);
    }

    [Fact]
    public async Task List_MoreThanAPage_GivesEachOnceNewestFirst()
    {
        await Store.AppendAsync([.. Enumerable.Range(0, 25).Select(n => Store.Interaction("u", $"i{n}", id: $"x{n}", at: n / 3)),
            .. Enumerable.Range(0, 15).Select(n => Store.Rating("u", $"i{n}", 4, at: n / 2)), Store.Interaction("other", "i1")]);

        List<StoredInteraction> all = [];
        string? cursor = null;
        do
        {
            var page = await Store.Interactions.ListAsync("u", cursor, 7, Ct);
            Assert.True(page.Items.Count <= 7);
            all.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(40, all.Distinct().Count());
        Assert.Equal(40, all.Count);
        Assert.Equal(all.OrderByDescending(interaction => interaction.OccurredAt).Select(interaction => interaction.OccurredAt), all.Select(interaction => interaction.OccurredAt));
        Assert.Empty((await Store.Interactions.ListAsync("nobody", null, 7, Ct)).Items);
    }

    [Theory]
    [InlineData("")]
    [InlineData("!!")]
    [InlineData("YWJj")]
    [InlineData("MQ")]
    public async Task List_ForeignCursor_Throws(string cursor)
    {
        await Assert.ThrowsAsync<InvalidCursorException>(() => Store.Interactions.ListAsync("u", cursor, 7, Ct));
    }
}

public sealed class SqliteAppendTests() : AppendContract(StorageProvider.Sqlite);

public sealed class PostgresAppendTests() : AppendContract(StorageProvider.Postgres);
