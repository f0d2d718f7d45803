using RecoService.Storage.Operations;

namespace RecoService.Storage.Tests.Operations;

public abstract class OperationLogContract(StorageProvider provider) : StorageContract(provider)
{
    [Fact]
    public async Task Audit_Changes_AreListedNewestFirstByKeyAndCallAndPage()
    {
        var first = Store.Inner.Now;
        await Store.Audit.AppendAsync("ann", "PutRule", "PUT", "/admin/rules/r", "201", Ct);
        Store.Clock.Advance(TimeSpan.FromSeconds(1));
        await Store.Audit.AppendAsync("bob", "PutRule", "PUT", "/admin/rules/r", "200", Ct);
        await Store.Audit.AppendAsync("ann", "DeleteRule", "DELETE", "/admin/rules/r", "204", Ct);

        var page = await Store.Audit.ListAsync(null, null, null, 2, Ct);
        Assert.Equal([(3, "ann"), (2, "bob")], page.Items.Select(entry => (entry.Id, entry.KeyName)));
        var rest = await Store.Audit.ListAsync(null, null, page.Next, 2, Ct);
        var oldest = Assert.Single(rest.Items);
        Assert.Equal(new AuditEntry(1, first, "ann", "PutRule", "PUT", "/admin/rules/r", "201") { Position = 1, Hash = oldest.Hash }, oldest);
        Assert.Null(rest.Next);
        Assert.Equal([3, 1], (await Store.Audit.ListAsync("ann", null, null, 9, Ct)).Items.Select(entry => entry.Id));
        Assert.Equal([1], (await Store.Audit.ListAsync("ann", "PutRule", null, 9, Ct)).Items.Select(entry => entry.Id));
        Assert.Empty((await Store.Audit.ListAsync("eve", null, null, 9, Ct)).Items);
        await Assert.ThrowsAsync<InvalidCursorException>(() => Store.Audit.ListAsync(null, null, "?", 9, Ct));
    }

    [Fact]
    public async Task Audit_OldChanges_AreDeletedAPieceAtATimeAndNewerOnesStay()
    {
        for (var change = 0; change < 5; change++)
        {
            await Store.Audit.AppendAsync("ann", "PutItem", "PUT", $"/items/{change}", "200", Ct);
            Store.Clock.Advance(TimeSpan.FromDays(1));
        }

        var before = Store.Inner.Now.AddDays(-2);
        Assert.Equal(2, await Store.Audit.DeleteBeforeAsync(before, 2, Ct));
        Assert.Equal(1, await Store.Audit.DeleteBeforeAsync(before, 2, Ct));
        Assert.Equal(0, await Store.Audit.DeleteBeforeAsync(before, 2, Ct));

        Assert.Equal(["/items/4", "/items/3"], (await Store.Audit.ListAsync("ann", null, null, 9, Ct)).Items.Select(entry => entry.Subject));
    }

    [Fact]
    public async Task Imports_MoreThanAreKept_ForgetTheOldest()
    {
        var started = Store.Inner.Now;
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        for (var import = 0; import < ImportLog.Kept + 3; import++)
            await Store.Imports.AppendAsync("ann", "items", started, "stored", $$"""{"lines":{{import}}}""", Ct);

        var page = await Store.Imports.ListAsync(null, ImportLog.Kept + 10, Ct);
        Assert.Equal(ImportLog.Kept, page.Items.Count);
        Assert.Equal(new ImportEntry(ImportLog.Kept + 3, "ann", "items", started, Store.Inner.Now, "stored", $$"""{"lines":{{ImportLog.Kept + 2}}}"""), page.Items[0]);
        Assert.Equal(4, page.Items[^1].Id);
        var first = await Store.Imports.ListAsync(null, 2, Ct);
        Assert.Equal([page.Items[2].Id], (await Store.Imports.ListAsync(first.Next, 1, Ct)).Items.Select(entry => entry.Id));
    }

    [Fact]
    public async Task SessionKeys_OfTwoReplicasThatStartAtOnce_AreOneKey()
    {
        await using var replica = Store.Replica();
        Assert.Empty(await Store.SessionKeys.LoadAsync(Ct));

        var added = await Task.WhenAll(Store.SessionKeys.TryAddAsync("one", "<key id=\"1\"/>", 0, Ct), replica.SessionKeys.TryAddAsync("two", "<key id=\"2\"/>", 0, Ct));

        Assert.Single(added, isAdded => isAdded);
        var key = Assert.Single(await replica.SessionKeys.LoadAsync(Ct));
        Assert.Equal(added[0] ? "one" : "two", key.Name);
        Assert.False(await replica.SessionKeys.TryAddAsync("three", "<key/>", key.Id - 1, Ct));
        Assert.True(await replica.SessionKeys.TryAddAsync("three", "<key/>", key.Id, Ct));
        Assert.True(await replica.SessionKeys.TryAddAsync("revocation", "<revocation/>", null, Ct));
        Assert.Equal(["three", "revocation"], (await Store.SessionKeys.LoadAsync(Ct)).Skip(1).Select(one => one.Name));
    }
}

public sealed class SqliteOperationLogTests() : OperationLogContract(StorageProvider.Sqlite);

public sealed class PostgresOperationLogTests() : OperationLogContract(StorageProvider.Postgres);
