namespace RecoService.Storage.Tests.Import;

public abstract class InteractionImportContract(StorageProvider provider) : StorageContract(provider)
{
    private async Task<ImportResult> ImportAsync(IEnumerable<NewInteraction> rows, string hash = "file", bool skip = false, ConflictRule onConflict = ConflictRule.Fail)
    {
        await using var stage = await Store.Import.StageInteractionsAsync(Ct);
        var line = 0L;
        foreach (var row in rows)
            await stage.AddAsync(++line, row, Ct);
        return await stage.CommitAsync(hash, new ImportRules { SkipInvalid = skip, OnConflict = onConflict }, Ct);
    }

    private static (bool, long, long, long) Counts(ImportResult result) => (result.Committed, result.Accepted, result.Duplicates, result.ConflictCount);

    [Fact]
    public async Task Commit_RowsOfEveryField_StoresThemAsAppendWould()
    {
        var recommendation = Guid.Parse("0199aaaa-1111-7222-8333-444455556666");
        var prices = new[] { 0m, 0.01m, 1m, 12345.6789m, 10000m, 99999999m, 0.00001m, -3.5m, 79228162514264337593543950335m, 1.10m };
        var result = await ImportAsync(prices.Select((price, n) => Store.Interaction("ü", $"i{n}", "purchase", $"x{n}", at: n) with
        {
            SessionId = "s",
            OrderId = "o",
            Quantity = 0.5,
            UnitPrice = price,
            RecommendationId = recommendation,
        }));

        Assert.Equal((true, 10, 0, 0), Counts(result));
        var stored = await Store.ListAsync("ü");
        Assert.Equal(prices.Reverse(), stored.Select(row => row.UnitPrice!.Value));
        Assert.All(stored, row => Assert.Equal(("s", "o", 0.5, recommendation, "purchase"), (row.SessionId, row.OrderId, row.Quantity, row.RecommendationId, row.Kind)));
    }

    [Fact]
    public async Task Commit_TimesAhead_AreTheTimeOfTheImportAndCounted()
    {
        var ahead = Store.Clock.GetUtcNow().AddHours(5);
        NewInteraction[] rows =
        [
            Store.Interaction("u", "i") with { OccurredAt = ahead }, Store.Rating("u", "rated", 4) with { OccurredAt = ahead },
            Store.Rating("u", "rated", 2) with { OccurredAt = ahead.AddHours(-1) }, Store.Interaction("u", "old", at: 0),
        ];

        var result = await ImportAsync(rows);

        Assert.Equal((3, 3), (result.Accepted, result.Clamped));
        var stored = await Store.ListAsync("u");
        Assert.All(stored.Where(one => one.ItemId != "old"), one => Assert.Equal(Store.Clock.GetUtcNow(), one.OccurredAt));
        // Both ratings count as of now, and of two at one time the later line wins.
        Assert.Equal(2, Assert.Single(stored, one => one.ItemId == "rated").Value);

        // The same file again changes nothing, and a correction is not beaten by what was dated ahead.
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, (await ImportAsync(rows)).Accepted);
        await Store.AppendAsync(Store.Rating("u", "rated", 5));
        Assert.Equal(5, Assert.Single(await Store.ListAsync("u"), one => one.ItemId == "rated").Value);
    }

    [Fact]
    public async Task Commit_SameFileTwice_ChangesNothing()
    {
        NewInteraction[] rows =
        [
            Store.Interaction("u", "i"), Store.Interaction("u", "i"), Store.Interaction("u", "i", "click", at: 5), Store.Interaction("v", "j", id: "x"), Store.Interaction("v", "j", id: "x"),
            Store.Rating("u", "i", 4, at: 1), Store.Rating("u", "i", 5, at: 2), Store.Rating("u", "i", 3, at: 0), Store.Rating("v", "i", 2), Store.Rating("v", "i", 1),
        ];

        Assert.Equal((true, 6, 4, 0), Counts(await ImportAsync(rows)));
        var before = (await Store.ListAsync("u")).Concat(await Store.ListAsync("v")).ToList();
        var marker = (await Store.Interactions.LoadDatasetAsync(Ct)).Watermark;
        Store.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal((true, 0, 10, 0), Counts(await ImportAsync(rows)));
        Assert.Equal(before, (await Store.ListAsync("u")).Concat(await Store.ListAsync("v")));
        Assert.False(await Store.Interactions.HasChangedSinceAsync(marker, Ct));

        Assert.Equal((true, 3, 7, 0), Counts(await ImportAsync(rows, "another file")));
        Assert.Equal(5, before.Single(row => row is { Kind: "rating", UserId: "u" }).Value);
        Assert.Equal(1, before.Single(row => row is { Kind: "rating", UserId: "v" }).Value);
    }

    [Fact]
    public async Task Commit_Conflicts_ImportsNothingUnlessTheyAreSkipped()
    {
        await Store.AppendAsync(Store.Interaction("u", "i", id: "stored", at: 0));
        NewInteraction[] rows =
        [
            Store.Interaction("u", "j", id: "stored", at: 0), Store.Interaction("u", "k", id: "a", at: 1), Store.Interaction("u", "i", id: "stored", at: 0),
            Store.Interaction("u", "l", id: "a", at: 1), Store.Interaction("u", "k", id: "a", at: 1), Store.Rating("w", "k", 3, at: 2),
        ];

        var refused = await ImportAsync(rows);

        Assert.Equal((false, 0, 0, 2), Counts(refused));
        Assert.Equal([1, 4], refused.Conflicts.Select(conflict => conflict.Line));
        Assert.Contains("'stored'", refused.Conflicts[0].Reason, StringComparison.Ordinal);
        Assert.Equal(new StoreCounts(1, 1, 1, 0), await Store.Database.CountAsync(Ct));

        var kept = await ImportAsync(rows, onConflict: ConflictRule.Skip);
        Assert.Equal((true, 2, 2, 0), Counts(kept));
        Assert.Equal((2, 0), (kept.Skipped, kept.Conflicts.Count));
        Assert.Equal((true, 0, 4, 2), Counts(await ImportAsync(rows, skip: true)));
        Assert.Equal("i", (await Store.ListAsync("u")).Single(row => row.Id == "stored").ItemId);
    }

    [Fact]
    public async Task Commit_ConflictsThatReplace_TakeThePlaceOfWhatIsStoredAndTellOfBothUsers()
    {
        await Store.AppendAsync(
            Store.Interaction("u", "i", id: "moved", at: 0), Store.Interaction("u", "i", id: "same", at: 0), Store.Interaction("x", "i", id: "gone", at: 0));
        await Store.Corrections.DeleteAsync("gone", Ct);
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;
        NewInteraction[] rows =
        [
            Store.Interaction("w", "z", id: "moved", at: 3), Store.Interaction("v", "j", "purchase", "moved", at: 5) with { Quantity = 2, UnitPrice = 1.5m },
            Store.Interaction("u", "i", id: "same", at: 0), Store.Interaction("x", "j", id: "gone", at: 0), Store.Interaction("u", "k", id: "new", at: 1),
        ];

        var replaced = await ImportAsync(rows, onConflict: ConflictRule.Replace);

        Assert.Equal((true, 2, 1, 0), Counts(replaced));
        Assert.Equal(2, replaced.Skipped);
        var moved = Assert.Single(await Store.ListAsync("v"));
        Assert.Equal(("moved", "j", "purchase", 2.0, 1.5m), (moved.Id, moved.ItemId, moved.Kind, moved.Quantity!.Value, moved.UnitPrice!.Value));
        Assert.Equal(["k", "i"], (await Store.ListAsync("u")).Select(row => row.ItemId));
        Assert.Empty(await Store.ListAsync("x"));
        Assert.Equal(["u", "v"], (await Store.Feed.ReadSinceAsync(marker, 100, Ct)).Rewritten.Select(user => user.UserId).Order());

        var again = await ImportAsync(rows, onConflict: ConflictRule.Replace);
        Assert.Equal((true, 0, 3, 0), Counts(again));
    }

    [Fact]
    public async Task Commit_ManyConflicts_ReportsTheFirstHundred()
    {
        await Store.AppendAsync([.. Enumerable.Range(0, 150).Select(n => Store.Interaction("u", "i", id: $"x{n}"))]);

        var refused = await ImportAsync(Enumerable.Range(0, 150).Select(n => Store.Interaction("u", "j", id: $"x{n}")));

        Assert.Equal(150, refused.ConflictCount);
        Assert.Equal(Enumerable.Range(1, 100).Select(line => (long)line), refused.Conflicts.Select(conflict => conflict.Line));
    }

    [Fact]
    public async Task Commit_OlderRatingThanStored_IsDuplicate()
    {
        await Store.AppendAsync(Store.Rating("u", "i", 5, at: 10), Store.Rating("u", "j", 5, at: 10));

        Assert.Equal((true, 1, 1, 0), Counts(await ImportAsync([Store.Rating("u", "i", 1, at: 9), Store.Rating("u", "j", 1, at: 10)])));
        Assert.Equal([1, 5], (await Store.ListAsync("u")).Select(row => row.Value!.Value).Order());
    }

    [Fact]
    public async Task Commit_DeletedItem_StaysDeleted()
    {
        await Store.Catalogue.PutItemAsync("i", new ItemRecord(), Ct);
        await Store.Catalogue.DeleteItemAsync("i", Ct);
        await ImportAsync([Store.Rating("u", "i", 3), Store.Interaction("u", "i")]);

        Assert.Null(await Store.Catalogue.GetItemAsync("i", Ct));
    }

    [Fact]
    public async Task Dispose_WithoutCommit_LeavesNothing()
    {
        await using (var stage = await Store.Import.StageInteractionsAsync(Ct))
        {
            for (var line = 1; line <= 2000; line++)
                await stage.AddAsync(line, Store.Interaction($"u{line}", "i"), Ct);
        }

        await using (var stage = await Store.Import.StageInteractionsAsync(Ct))
            Assert.Equal((true, 0, 0, 0), Counts(await stage.CommitAsync("empty", ImportRules.Default, Ct)));

        Assert.Equal(new StoreCounts(0, 0, 0, 0), await Store.Database.CountAsync(Ct));
    }

    [Fact]
    public async Task Stage_WhileOthersWrite_DoesNotBlockThem()
    {
        await using var stage = await Store.Import.StageInteractionsAsync(Ct);
        await stage.AddAsync(1, Store.Rating("u", "i", 4, at: 0), Ct);

        Assert.Equal(1, (await Store.AppendAsync(Store.Rating("u", "i", 5, at: 1))).Accepted);
        await Store.Catalogue.PutItemAsync("i", new ItemRecord { Title = "t" }, Ct);

        Assert.Equal((true, 0, 1, 0), Counts(await stage.CommitAsync("file", ImportRules.Default, Ct)));
        Assert.Equal(5, Assert.Single(await Store.ListAsync("u")).Value);
    }

    [Fact]
    public async Task Commit_TwoFilesOfTheSameRowsAtOnce_StoresEachOnce()
    {
        var rows = Enumerable.Range(0, 3000).Select(n => n % 2 == 0 ? Store.Interaction($"u{n % 97}", $"i{n % 89}", id: $"x{n}", at: n) : Store.Rating($"u{n % 97}", $"i{n % 89}", 3, at: n)).ToList();

        var results = await Task.WhenAll(Task.Run(() => ImportAsync(rows, "a"), Ct), Task.Run(() => ImportAsync(Enumerable.Reverse(rows), "b"), Ct),
            Task.Run(async () =>
            {
                foreach (var part in rows.Chunk(200))
                    await Store.AppendAsync(part);
                return new ImportResult(true, 0, 0, 0, []);
            }, Ct));

        Assert.All(results, result => Assert.True(result.Committed));
        Assert.Equal(1500, (await Store.Database.CountAsync(Ct)).Interactions);
    }

    [Fact]
    public async Task Commit_MoreIdsThanAreRemembered_StillKnowsEachOnce()
    {
        var ids = new RecoService.Storage.Importing.LocalIds(capacity: 3);
        List<(int Local, string Id)> given = [];
        foreach (var id in (string[])["a", "b", "a", "c", "d", "a"])
        {
            if (ids.IsFull)
                given.AddRange(ids.TakeFresh());
            ids.Of(id);
        }

        given.AddRange(ids.TakeFresh());
        Assert.Equal([(0, "a"), (1, "b"), (2, "c"), (3, "d"), (4, "a")], given);
        Assert.True((await Store.Database.CountAsync(Ct)).Users == 0);
    }
}

public sealed class SqliteInteractionImportTests() : InteractionImportContract(StorageProvider.Sqlite)
{
    [Fact]
    public async Task Migrate_AfterACrashInAnImport_DeletesItsFile()
    {
        var file = new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(Store.Settings.ConnectionString).DataSource;
        await File.WriteAllTextAsync(file + "-import-dead", "half", Ct);
        await File.WriteAllTextAsync(file + "-import-dead.lock", "", Ct);
        await using var alive = await Store.Import.StageInteractionsAsync(Ct);
        await alive.AddAsync(1, Store.Interaction("u", "i"), Ct);

        await Store.Database.MigrateAsync(Ct);

        Assert.False(File.Exists(file + "-import-dead"));
        Assert.True((await alive.CommitAsync("file", ImportRules.Default, Ct)).Committed);
        await alive.DisposeAsync();
        Assert.DoesNotContain(Directory.GetFiles(Path.GetDirectoryName(file)!), path => path.Contains("-import-", StringComparison.Ordinal));
    }
}

public sealed class PostgresInteractionImportTests() : InteractionImportContract(StorageProvider.Postgres);
