namespace RecoService.Storage.Tests.Models;

public abstract class ModelStoreContract(StorageProvider provider) : StorageContract(provider)
{
    private static NewModel Model(long? run = null) => new(run, "implicit-als", """{"factors":8}""", 42, "w", DateTimeOffset.UnixEpoch, "{}");

    private Task<StoredModel> SaveAsync(long? run = null, int bytes = 10) => Store.Models.SaveAsync(Model(run), stream => stream.Write(Bytes(bytes)), Ct);

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1 << 20)]
    [InlineData((3 << 20) + 17)]
    public async Task Open_SavedModel_GivesItsBytesBack(int count)
    {
        var saved = await SaveAsync(bytes: count);

        await using var stream = await Store.Models.OpenAsync(saved.Version, Ct);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read, Ct);

        Assert.Equal(Bytes(count), read.ToArray());
        Assert.Equal(saved, await Store.Models.GetAsync(saved.Version, Ct));
        Assert.Equal((count, 42, "implicit-als", 64), (saved.SizeBytes, saved.Seed, saved.Trainer, saved.Checksum.Length));
    }

    [Theory]
    [InlineData("UPDATE model_chunks SET content = @other WHERE part = 1")]
    [InlineData("DELETE FROM model_chunks WHERE part = 1")]
    [InlineData("DELETE FROM model_chunks WHERE part = 2")]
    [InlineData("UPDATE model_chunks SET part = 9 WHERE part = 0")]
    public async Task Open_DamagedModel_ThrowsBeforeTheFirstByte(string damage)
    {
        var saved = await SaveAsync(bytes: (2 << 20) + 5);
        await Store.Inner.WriteAsync(context => context.ExecuteAsync(damage, Ct, ("other", new byte[1 << 20])), Ct);

        var thrown = await Assert.ThrowsAsync<DamagedModelException>(() => Store.Models.OpenAsync(saved.Version, Ct));
        Assert.Equal(saved.Version, thrown.Version);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Store.Models.OpenAsync(999, Ct));
    }

    [Fact]
    public async Task Save_WriterThrows_StoresNothing()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Store.Models.SaveAsync(Model(), _ => throw new InvalidDataException(), Ct));

        Assert.Empty((await Store.Models.ListAsync(null, 10, Ct)).Items);
    }

    [Fact]
    public async Task DeleteOld_KeepsTheLastRunsAndWhatWasPublished()
    {
        List<int> versions = [];
        for (var run = 1; run <= 14; run++)
            versions.Add((await SaveAsync(run)).Version);
        var companion = await SaveAsync(14);
        await Store.Publications.AppendAsync(versions[0], [versions[0]], pinned: true, "op", "pin", Ct);
        await Store.Publications.AppendAsync(versions[1], [versions[1]], pinned: false, "job", null, Ct);
        for (var n = 0; n < 10; n++)
            await Store.Publications.AppendAsync(versions[2], [versions[2], versions[3]], pinned: false, "job", null, Ct);

        var deleted = await Store.Models.DeleteOldAsync(keepRuns: 2, [versions[5], 999], Ct);

        var kept = (await Store.Models.ListAsync(null, 100, Ct)).Items.Select(model => model.Version);
        Assert.Equal([companion.Version, versions[13], versions[12], versions[5], versions[3], versions[2], versions[0]], kept);
        Assert.Equal(8, deleted);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Store.Models.OpenAsync(versions[1], Ct));
        await (await Store.Models.OpenAsync(versions[0], Ct)).DisposeAsync();
        Assert.Equal([versions[13], companion.Version], (await Store.Models.OfRunAsync(14, Ct)).Select(model => model.Version));
    }

    [Fact]
    public async Task Publications_Append_LastIsCurrent()
    {
        Assert.Null(await Store.Publications.GetCurrentAsync(Ct));
        await Task.WhenAll(Enumerable.Range(1, 8).Select(n => Task.Run(() => Store.Publications.AppendAsync(n, [n, n + 1], n == 3, "job", $"r{n}", Ct), Ct)));

        var all = await Store.Publications.ListAsync(100, Ct);

        Assert.Equal(8, all.Count);
        Assert.Equal(all.OrderByDescending(row => row.Sequence), all);
        var current = (await Store.Publications.GetCurrentAsync(Ct))!;
        Assert.Equal(all[0].Sequence, current.Sequence);
        Assert.Equal([current.ModelVersion, current.ModelVersion + 1], current.Manifest);
        Assert.Equal((current.ModelVersion == 3, "job", $"r{current.ModelVersion}"), (current.Pinned, current.PublishedBy, current.Reason));
    }

    [Fact]
    public async Task Publications_AppendOfRun_YieldsToAPinAlone()
    {
        var run = (await Store.Runs.TryStartAsync("job", "manual", force: false, TimeSpan.FromMinutes(1), Ct))!;
        Assert.Equal(new RunPublication(null, null), await AppendOfRunAsync(run, 1));
        var pin = await Store.Publications.AppendAsync(2, [2, 3], pinned: true, "op", "pin", Ct);

        var held = await AppendOfRunAsync(run, 4);

        Assert.Equal((PublicationObstacle.Pinned, pin.Sequence), (held.Obstacle, held.Pin!.Sequence));
        Assert.Equal(2, (await Store.Publications.GetCurrentAsync(Ct))!.ModelVersion);
        await Store.Publications.AppendAsync(2, [2, 3], pinned: false, "op", "unpin", Ct);
        Assert.Null((await AppendOfRunAsync(run, 4)).Obstacle);
        Assert.Equal((4, $"run {run.Id}"), ((await Store.Publications.GetCurrentAsync(Ct))!.ModelVersion, (await Store.Publications.GetCurrentAsync(Ct))!.PublishedBy));
    }

    [Fact]
    public async Task Publications_AppendOfRun_IsComposedFromWhatIsPublishedThen()
    {
        var run = (await Store.Runs.TryStartAsync("job", "manual", force: false, TimeSpan.FromMinutes(1), Ct))! with { ModelVersion = 9 };

        var alone = await Store.Publications.AppendOfRunAsync(run, "job", current => [.. current, .. current], null, Ct);

        Assert.Equal(new RunPublication(PublicationObstacle.NoRecommender, null), alone);
        Assert.Null(await Store.Publications.GetCurrentAsync(Ct));
        await Store.Publications.AppendAsync(2, [2, 3], pinned: false, "op", null, Ct);
        Assert.Null((await Store.Publications.AppendOfRunAsync(run, "job", current => [.. current, 9], null, Ct)).Obstacle);
        var published = (await Store.Publications.GetCurrentAsync(Ct))!;
        Assert.Equal(2, published.ModelVersion);
        Assert.Equal([2, 3, 9], published.Manifest);
        Assert.Equal(9, (await Store.Runs.GetAsync(run.Id, Ct))!.ModelVersion);
    }

    [Fact]
    public async Task Publications_RunsAndAPinAtOnce_NoRunReplacesThePin()
    {
        var run = (await Store.Runs.TryStartAsync("job", "manual", force: false, TimeSpan.FromMinutes(1), Ct))!;
        await Task.WhenAll(Enumerable.Range(1, 12).Select(n => Task.Run(async () =>
        {
            if (n == 6)
                await Store.Publications.AppendAsync(n, [n], pinned: true, "op", "pin", Ct);
            else
                await AppendOfRunAsync(run, n);
        }, Ct)));

        Assert.Equal(6, (await Store.Publications.GetCurrentAsync(Ct))!.ModelVersion);
    }

    private Task<RunPublication> AppendOfRunAsync(ModelRun run, int version) => Store.Publications.AppendOfRunAsync(run, "job", _ => [version], null, Ct);
}

public sealed class SqliteModelStoreTests() : ModelStoreContract(StorageProvider.Sqlite);

public sealed class PostgresModelStoreTests() : ModelStoreContract(StorageProvider.Postgres);
