using RecoService.Storage.Operations;

namespace RecoService.Storage.Tests.Operations;

/// <summary>Nobody changes, removes or moves an entry of the audit log unseen.</summary>
public abstract class AuditChainContract(StorageProvider provider) : StorageContract(provider)
{
    private const string Columns = "changed_at, key_name, call, method, subject, outcome, before_json, after_json, previous_hash, hash";

    private static readonly string[] Secrets = ["a secret of the server 01"];

    private async Task FillAsync(TestStore store, int entries)
    {
        for (var entry = 1; entry <= entries; entry++)
        {
            await store.Audit.AppendAsync("ann", "PutItem", "PUT", $"/items/{entry}", "200", Ct);
            store.Clock.Advance(TimeSpan.FromDays(1));
        }
    }

    private Task TamperAsync(string sql) => Store.Inner.WriteAsync(context => context.ExecuteAsync(sql, Ct), Ct);

    [Fact]
    public async Task Verify_AnEmptyLogAndOneAsWritten_FindsNoFault()
    {
        Assert.Equal(new AuditVerification(0, 0, 0, "", null), await Store.Audit.VerifyAsync(Ct));
        await FillAsync(Store, 3);

        var found = await Store.Audit.VerifyAsync(Ct);

        Assert.Equal((3, 0, 3, null), (found.Entries, found.Unchained, found.Position, found.Fault));
        Assert.Equal((await Store.Audit.ListAsync(null, null, null, 1, Ct)).Items[0].Hash, found.Head);
    }

    [Theory]
    [InlineData("UPDATE audit_log SET key_name = 'eve' WHERE position = 3", 3, "was changed")]
    [InlineData("UPDATE audit_log SET changed_at = changed_at + 1 WHERE position = 1", 1, "was changed")]
    [InlineData("UPDATE audit_log SET after_json = '{}' WHERE position = 5", 5, "was changed")]
    [InlineData("UPDATE audit_log SET before_json = '' WHERE position = 2", 2, "was changed")]
    [InlineData("UPDATE audit_log SET hash = 'x' WHERE position = 4", 4, "was changed")]
    [InlineData("UPDATE audit_log SET previous_hash = 'x' WHERE position = 4", 4, "does not follow")]
    [InlineData("DELETE FROM audit_log WHERE position = 3", 3, "Entry 3 is missing")]
    [InlineData("DELETE FROM audit_log WHERE position IN (2, 3, 4)", 2, "Entries 2 to 4 are missing")]
    [InlineData("DELETE FROM audit_log WHERE position = 1", 1, "Entry 1 is missing")]
    [InlineData("DELETE FROM audit_log WHERE position = 5", 5, "The last entry is 4, and the log had 5")]
    [InlineData("DELETE FROM audit_log", 1, "The last entry is 0, and the log had 5")]
    [InlineData("UPDATE audit_log SET position = NULL WHERE position = 2", 2, "Entry 2 is missing")]
    [InlineData("UPDATE audit_log SET position = 6 WHERE position = 3", 3, "Entry 3 is missing")]
    [InlineData("UPDATE audit_head SET position = 4", 6, "the log had 4")]
    public async Task Verify_AfterTampering_NamesTheFirstEntryThatIsNotAsItWas(string tampering, long position, string what)
    {
        await FillAsync(Store, 5);

        await TamperAsync(tampering);

        var fault = (await Store.Audit.VerifyAsync(Ct)).Fault;
        Assert.NotNull(fault);
        Assert.Equal(position, fault.Position);
        Assert.Contains(what, fault.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(1, 5)]
    public async Task Verify_TwoEntriesThatChangedPlaces_AreFound(int first, int second)
    {
        await FillAsync(Store, 5);

        foreach (var (from, to) in new[] { (first, 99), (second, first), (99, second) })
            await TamperAsync($"UPDATE audit_log SET position = {to} WHERE position = {from}");

        Assert.Equal(first, (await Store.Audit.VerifyAsync(Ct)).Fault?.Position);
    }

    [Fact]
    public async Task Verify_AnEntryThatIsCopied_IsFound()
    {
        await FillAsync(Store, 5);

        await TamperAsync($"INSERT INTO audit_log ({Columns}, position) SELECT {Columns}, 6 FROM audit_log WHERE position = 2");

        Assert.Equal(6, (await Store.Audit.VerifyAsync(Ct)).Fault?.Position);
    }

    /// <summary>Who can write the database can hash; who has no secret cannot hash as the service does.</summary>
    [Fact]
    public async Task Verify_WithASecret_FindsWhatWasHashedWithoutIt()
    {
        await FillAsync(Store, 2);
        await using var keyed = Store.With(Store.Settings with { AuditSecrets = Secrets });
        await FillAsync(keyed, 2);
        Assert.Null((await keyed.Audit.VerifyAsync(Ct)).Fault);
        Assert.Equal(3, (await Store.Audit.VerifyAsync(Ct)).Fault?.Position);

        await using var renewed = Store.With(Store.Settings with { AuditSecrets = ["a secret of the server 02", .. Secrets] });
        await FillAsync(renewed, 1);
        Assert.Null((await renewed.Audit.VerifyAsync(Ct)).Fault);
        Assert.Equal(5, (await keyed.Audit.VerifyAsync(Ct)).Fault?.Position);

        // An entry that somebody without the secret adds in the way of the service.
        await FillAsync(Store, 1);
        Assert.Equal(6, (await renewed.Audit.VerifyAsync(Ct)).Fault?.Position);
    }

    [Fact]
    public async Task Forgetting_TheOldest_LeavesALogThatCanBeVerified()
    {
        await FillAsync(Store, 6);
        var before = Store.Inner.Now.AddDays(-3.5);

        Assert.Equal(2, await Store.Audit.DeleteBeforeAsync(before, 2, Ct));
        Assert.Equal(1, await Store.Audit.DeleteBeforeAsync(before, 2, Ct));
        Assert.Equal(0, await Store.Audit.DeleteBeforeAsync(before, 2, Ct));

        var found = await Store.Audit.VerifyAsync(Ct);
        Assert.Equal((5, 8, null), (found.Entries, found.Position, found.Fault));
        await TamperAsync("DELETE FROM audit_log WHERE position = 4");
        Assert.Equal(4, (await Store.Audit.VerifyAsync(Ct)).Fault?.Position);
    }

    [Fact]
    public async Task Forgetting_AnEntryWithALateClock_KeepsWhatIsYoungerThanItsFollower()
    {
        await FillAsync(Store, 1);
        Store.Clock.Advance(TimeSpan.FromDays(5));
        await FillAsync(Store, 1);
        Store.Clock.Advance(TimeSpan.FromDays(-5));
        await FillAsync(Store, 1);

        Assert.Equal(1, await Store.Audit.DeleteBeforeAsync(Store.Inner.Now.AddDays(1), 10, Ct));

        Assert.Null((await Store.Audit.VerifyAsync(Ct)).Fault);
    }

    /// <summary>The entry is in the transaction of the change, with what was there before.</summary>
    [Fact]
    public async Task Scope_AroundAChange_IsStoredWithItOnce()
    {
        await Store.Catalogue.PutItemAsync("i", new ItemRecord { Title = "old" }, Ct);
        using (var scope = AuditScope.Begin("ann", "PutItem", "PUT", "/items/i"))
        {
            await Store.Catalogue.PutItemAsync("i", new ItemRecord { Title = "new" }, Ct);
            Assert.True(scope.IsWritten);
            await Store.Catalogue.PutItemAsync("j", new ItemRecord(), Ct);
        }

        await Store.Catalogue.PutItemAsync("k", new ItemRecord(), Ct);

        var entry = Assert.Single((await Store.Audit.ListAsync(null, null, null, 9, Ct)).Items);
        Assert.Equal(("ann", "PutItem", "/items/i", AuditScope.Stored), (entry.KeyName, entry.Call, entry.Subject, entry.Outcome));
        Assert.Contains("\"title\":\"old\"", entry.BeforeJson, StringComparison.Ordinal);
        Assert.Contains("\"title\":\"new\"", entry.AfterJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scope_AroundWhatChangesNothingOrFails_IsNotStored()
    {
        using (var scope = AuditScope.Begin("ann", "DeleteItem", "DELETE", "/items/nothing"))
        {
            Assert.Null(await Store.Catalogue.DeleteItemAsync("nothing", Ct));
            Assert.False(await Store.Runs.RequestCancelAsync(7, Ct));
            await Assert.ThrowsAsync<InvalidOperationException>(() => Store.Catalogue.PutItemAsync("i", new ItemRecord(), Ct, _ => throw new InvalidOperationException()));
            await Assert.ThrowsAsync<DefinitionConflictException>(() => Store.Rules.AppendAsync("r", null, null, Ct));
            Assert.False(scope.IsWritten);
        }

        Assert.Empty((await Store.Audit.ListAsync(null, null, null, 9, Ct)).Items);
        Assert.Null(await Store.Catalogue.GetItemAsync("i", Ct));
    }

    /// <summary>A change whose entry cannot be stored is not made.</summary>
    [Fact]
    public async Task Scope_WhoseEntryCannotBeStored_TakesTheChangeBack()
    {
        await TamperAsync("DELETE FROM audit_head");
        using (AuditScope.Begin("ann", "PutItem", "PUT", "/items/i"))
            await Assert.ThrowsAnyAsync<Exception>(() => Store.Catalogue.PutItemAsync("i", new ItemRecord(), Ct));

        Assert.Null(await Store.Catalogue.GetItemAsync("i", Ct));
    }

    [Fact]
    public async Task Scope_OfDefinitionsAndErasures_SaysWhatAndNamesNoUser()
    {
        await Store.Rules.AppendAsync("r", """{"v":1}""", null, Ct);
        await Store.AppendAsync(Store.Interaction("secret-user", "i"));
        using (AuditScope.Begin("ann", "PostRule", "POST", "/admin/rules"))
            await Store.Rules.AppendAsync("r", """{"v":2}""", null, Ct);
        using (AuditScope.Begin("ann", "DeleteUser", "DELETE", "/users/{userId}"))
            await Store.EraseUserAsync("secret-user", Ct);

        var entries = (await Store.Audit.ListAsync(null, null, null, 9, Ct)).Items;
        Assert.Equal([("/users/{userId}", null), ("/admin/rules/r", """{"v":1}""")], entries.Select(entry => (entry.Subject, entry.BeforeJson)));
        Assert.Equal("""{"v":2}""", entries[1].AfterJson);
        Assert.DoesNotContain("secret-user", string.Concat(entries), StringComparison.Ordinal);
        Assert.Contains("erasureId", entries[0].AfterJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_OfManyAtOnceOnTwoReplicas_MakesOneChain()
    {
        await using var replica = Store.Replica();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(number => Task.Run(() => (number % 2 == 0 ? Store : replica).Audit.AppendAsync("ann", "PutItem", "PUT", $"/items/{number}", "200", Ct), Ct)));

        var found = await Store.Audit.VerifyAsync(Ct);
        Assert.Equal((40, null), (found.Entries, found.Fault));
    }
}

public sealed class SqliteAuditChainTests() : AuditChainContract(StorageProvider.Sqlite);

public sealed class PostgresAuditChainTests() : AuditChainContract(StorageProvider.Postgres);
