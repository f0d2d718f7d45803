using RecoService.Storage.Operations;

namespace RecoService.Storage.Tests.Operations;

/// <summary>The keys of the store: one name each, numbered changes, and nothing that is revoked or expired.</summary>
public abstract class ApiKeyLogContract(StorageProvider provider) : StorageContract(provider)
{
    private static NewApiKey Key(string name, string hash = "h", DateTimeOffset? expiresAt = null) => new(name, hash, "Viewer", ["items"], 5, expiresAt);

    private async Task<List<string>> LiveAsync() => [.. (await Store.ApiKeys.LoadAsync(Ct)).Live.Select(key => $"{key.Key.Name} {key.Key.KeyHash}")];

    [Fact]
    public async Task Create_ANameThatIsTaken_IsNothingUntilItIsRevoked()
    {
        Assert.Equal(StoredApiKeys.None.Revision, (await Store.ApiKeys.LoadAsync(Ct)).Revision);
        var made = await Store.ApiKeys.CreateAsync(Key("a"), "ann", Ct);
        Assert.Equal(("ann", Store.Inner.Now, "a", "items"), (made!.CreatedBy, made.CreatedAt, made.Key.Name, Assert.Single(made.Key.Scopes)));
        Assert.Null(await Store.ApiKeys.CreateAsync(Key("a", "other"), "ann", Ct));
        Assert.Equal(1, await Store.ApiKeys.LastRevisionAsync(Ct));

        Assert.True(await Store.ApiKeys.RevokeAsync("a", Ct));
        Assert.False(await Store.ApiKeys.RevokeAsync("a", Ct));
        Assert.Empty(await LiveAsync());
        Assert.NotNull(await Store.ApiKeys.CreateAsync(Key("a", "other"), "ann", Ct));

        Assert.Equal(["a other"], await LiveAsync());
        Assert.Equal(3, await Store.ApiKeys.LastRevisionAsync(Ct));
    }

    [Fact]
    public async Task Rotate_WithAnOverlap_LetsTheOldSecretsGoOnForThatLong()
    {
        await Store.ApiKeys.CreateAsync(Key("a", "first"), "ann", Ct);
        await Store.ApiKeys.CreateAsync(Key("b", "other"), "ann", Ct);

        var rotated = await Store.ApiKeys.RotateAsync("a", "second", TimeSpan.FromHours(1), "bob", Ct);
        Assert.Equal(("second", "Viewer", 5, null, "bob"), (rotated!.Key.KeyHash, rotated.Key.Role, rotated.Key.RequestsPerSecond, rotated.Key.ExpiresAt, rotated.CreatedBy));
        Assert.Equal(["a first", "b other", "a second"], await LiveAsync());

        // A second rotation gives the first secret no longer.
        Store.Clock.Advance(TimeSpan.FromMinutes(30));
        await Store.ApiKeys.RotateAsync("a", "third", TimeSpan.FromHours(1), "bob", Ct);
        Store.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(["b other", "a second", "a third"], await LiveAsync());
        Store.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(["b other", "a third"], await LiveAsync());
        Assert.Null(await Store.ApiKeys.RotateAsync("nobody", "x", TimeSpan.Zero, "bob", Ct));

        Assert.True(await Store.ApiKeys.RevokeAsync("a", Ct));
        Assert.Equal(["b other"], await LiveAsync());
    }

    [Fact]
    public async Task Rotate_AKeyThatExpires_KeepsItsEnd()
    {
        var end = Store.Inner.Now.AddMinutes(10);
        await Store.ApiKeys.CreateAsync(Key("a", "first", end), "ann", Ct);

        var rotated = await Store.ApiKeys.RotateAsync("a", "second", TimeSpan.FromHours(1), "ann", Ct);

        Assert.Equal(end, rotated!.Key.ExpiresAt);
        Assert.All((await Store.ApiKeys.LoadAsync(Ct)).Live, key => Assert.Equal(end, key.Key.ExpiresAt));
        Store.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Empty(await LiveAsync());
        Assert.Null(await Store.ApiKeys.RotateAsync("a", "third", TimeSpan.Zero, "ann", Ct));
    }

    [Fact]
    public async Task Create_OnTwoReplicasAtOnce_MakesOne()
    {
        await using var replica = Store.Replica();

        var made = await Task.WhenAll(Task.Run(() => Store.ApiKeys.CreateAsync(Key("a", "one"), "ann", Ct), Ct), Task.Run(() => replica.ApiKeys.CreateAsync(Key("a", "two"), "ann", Ct), Ct));

        Assert.Single(made, key => key is not null);
        Assert.Single(await LiveAsync());
    }

    [Fact]
    public async Task Create_MoreThanThereMayBe_IsRefused()
    {
        for (var key = 0; key < ApiKeyLog.Most; key++)
            await Store.ApiKeys.CreateAsync(Key($"k{key}"), "ann", Ct);

        await Assert.ThrowsAsync<TooManyApiKeysException>(() => Store.ApiKeys.CreateAsync(Key("one-more"), "ann", Ct));
        await Store.ApiKeys.RevokeAsync("k7", Ct);
        Assert.NotNull(await Store.ApiKeys.CreateAsync(Key("one-more"), "ann", Ct));
    }

    [Fact]
    public async Task Changes_InAScope_AreInTheAuditLogWithoutHashes()
    {
        using (AuditScope.Begin("ann", "CreateKey", "POST", "/admin/keys"))
            await Store.ApiKeys.CreateAsync(Key("a", "very-secret-hash"), "ann", Ct);
        using (AuditScope.Begin("ann", "RevokeKey", "DELETE", "/admin/keys/a"))
            await Store.ApiKeys.RevokeAsync("a", Ct);

        var entries = (await Store.Audit.ListAsync(null, null, null, 9, Ct)).Items;
        Assert.Equal(["/admin/keys/a", "/admin/keys/a"], entries.Select(entry => entry.Subject));
        Assert.Contains("\"role\":\"Viewer\"", entries[1].AfterJson, StringComparison.Ordinal);
        Assert.Equal((entries[1].AfterJson, null), (entries[0].BeforeJson, entries[0].AfterJson));
        Assert.DoesNotContain("very-secret-hash", string.Concat(entries), StringComparison.Ordinal);
    }
}

public sealed class SqliteApiKeyLogTests() : ApiKeyLogContract(StorageProvider.Sqlite);

public sealed class PostgresApiKeyLogTests() : ApiKeyLogContract(StorageProvider.Postgres);
