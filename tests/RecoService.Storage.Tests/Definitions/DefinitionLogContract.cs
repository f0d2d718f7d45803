namespace RecoService.Storage.Tests.Definitions;

public abstract class DefinitionLogContract(StorageProvider provider) : StorageContract(provider)
{
    private const string Boost = """{"boost":2}""";
    private const string Hide = """{"hide":true,"note":"\u00fc, \"x\""}""";

    /// <summary>Which of the logs is tried.</summary>
    protected abstract DefinitionLog LogOf(TestStore store);

    /// <summary>What lets one of its writes in at a time.</summary>
    private protected abstract string Lease { get; }

    private protected abstract Entities.DefinitionRow NewRow();

    private async Task<long> AppendAsync(string ruleId, string? definition, long? expected = null, TestStore? by = null) =>
        (await LogOf(by ?? Store).AppendAsync(ruleId, definition, expected, Ct)).Revision;

    private static IEnumerable<(long, string, string?)> Shown(IEnumerable<StoredDefinition> rules) => rules.Select(rule => (rule.Revision, rule.Id, rule.Definition));

    [Fact]
    public async Task Load_NothingStored_HasNoRulesAndRevisionZero()
    {
        Assert.Same(StoredDefinitions.None, await LogOf(Store).LoadAsync(Ct));
        Assert.Equal(0, await LogOf(Store).LastRevisionAsync(Ct));
        Assert.Equal(new Page<StoredDefinition>([], null), await LogOf(Store).RevisionsAsync("r", null, 10, Ct), (one, other) => one!.Items.SequenceEqual(other!.Items) && one.Next == other.Next);
    }

    [Fact]
    public async Task Append_Rules_AreReadBackByIdWithTheirLastRevision()
    {
        Store.Clock.Advance(TimeSpan.FromSeconds(5));
        var first = await LogOf(Store).AppendAsync("b", Boost, null, Ct);
        var second = await AppendAsync("a", Boost);
        var third = await AppendAsync("b", Hide);
        var capital = await AppendAsync("B", Boost);

        Assert.Equal(new StoredDefinition(1, "b", Boost, Store.Inner.Now), first);
        Assert.Equal((2, 3, 4), (second, third, capital));
        var rules = await LogOf(Store).LoadAsync(Ct);
        Assert.Equal([(4, "B", Boost), (2, "a", Boost), (3, "b", Hide)], Shown(rules.All));
        Assert.Equal((4, 4), (rules.LastRevision, await LogOf(Store).LastRevisionAsync(Ct)));
        Assert.All(rules.All, rule => Assert.Equal(Store.Inner.Now, rule.ChangedAt));
    }

    [Fact]
    public async Task Append_NoDefinition_DeletesTheRuleAndKeepsItsRevisions()
    {
        await AppendAsync("r", Boost);
        await AppendAsync("other", Boost);

        Assert.Equal(3, await AppendAsync("r", null, 1));

        var rules = await LogOf(Store).LoadAsync(Ct);
        Assert.Equal([(2, "other", Boost)], Shown(rules.All));
        Assert.Equal(3, rules.LastRevision);
        Assert.Equal([(3, "r", null), (1, "r", Boost)], Shown((await LogOf(Store).RevisionsAsync("r", null, 10, Ct)).Items));

        await AppendAsync("other", null);
        rules = await LogOf(Store).LoadAsync(Ct);
        Assert.Empty(rules.All);
        Assert.Equal(4, rules.LastRevision);

        Assert.Equal(5, await AppendAsync("r", Hide, 3));
        Assert.Equal([(5, "r", Hide)], Shown((await LogOf(Store).LoadAsync(Ct)).All));
    }

    /// <summary>The revisions of rule r are 1 and 3, of rule gone 2 and 4 (deleted); rule new never was.</summary>
    [Theory]
    [InlineData("r", Boost, 1L, 3L)]
    [InlineData("r", Boost, 2L, 3L)]
    [InlineData("r", Boost, 4L, 3L)]
    [InlineData("r", Boost, 0L, 3L)]
    [InlineData("r", null, 1L, 3L)]
    [InlineData("r", null, 0L, 3L)]
    [InlineData("gone", Boost, 2L, 4L)]
    [InlineData("gone", null, null, 4L)]
    [InlineData("gone", null, 0L, 4L)]
    [InlineData("gone", null, 4L, 4L)]
    [InlineData("new", Boost, 1L, null)]
    [InlineData("new", null, null, null)]
    [InlineData("new", null, 0L, null)]
    public async Task Append_NotWhatIsExpected_ThrowsAndStoresNothing(string ruleId, string? definition, long? expected, long? last)
    {
        await FillAsync();

        var thrown = await Assert.ThrowsAsync<DefinitionConflictException>(() => AppendAsync(ruleId, definition, expected));

        Assert.Equal((ruleId, last, ruleId != "r"), (thrown.Id, thrown.Last?.Revision, thrown.IsMissing));
        Assert.Contains(ruleId, thrown.Message, StringComparison.Ordinal);
        Assert.Equal(4, await LogOf(Store).LastRevisionAsync(Ct));
    }

    [Theory]
    [InlineData("r", Boost, 3L)]
    [InlineData("r", Boost, null)]
    [InlineData("r", null, 3L)]
    [InlineData("r", null, null)]
    [InlineData("gone", Boost, 4L)]
    [InlineData("gone", Boost, 0L)]
    [InlineData("gone", Boost, null)]
    [InlineData("new", Boost, 0L)]
    [InlineData("new", Boost, null)]
    public async Task Append_WhatIsExpected_IsTheNextRevision(string ruleId, string? definition, long? expected)
    {
        await FillAsync();

        Assert.Equal(5, await AppendAsync(ruleId, definition, expected));
        Assert.Equal((5, definition), (await LogOf(Store).RevisionsAsync(ruleId, null, 1, Ct)).Items.Select(rule => (rule.Revision, rule.Definition)).Single());
    }

    private async Task FillAsync()
    {
        await AppendAsync("r", Boost);
        await AppendAsync("gone", Boost);
        await AppendAsync("r", Hide);
        await AppendAsync("gone", null);
    }

    [Fact]
    public async Task Append_IdsOfOddLength_AreRefusedAndTheLongestIsStored()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => AppendAsync("", Boost));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => AppendAsync(new string('x', 257), Boost));
        var longest = new string('\u00fc', 256);
        await AppendAsync(longest, Boost);

        Assert.Equal(longest, Assert.Single((await LogOf(Store).LoadAsync(Ct)).All).Id);
    }

    [Fact]
    public async Task Revisions_PageByPage_AreAllOfThisRuleNewestFirst()
    {
        for (var n = 0; n < 7; n++)
        {
            await AppendAsync("r", $$"""{"n":{{n}}}""");
            await AppendAsync("other", Boost);
        }

        List<long> seen = [];
        string? cursor = null;
        do
        {
            var page = await LogOf(Store).RevisionsAsync("r", cursor, 3, Ct);
            Assert.InRange(page.Items.Count, 1, 3);
            Assert.All(page.Items, rule => Assert.Equal("r", rule.Id));
            seen.AddRange(page.Items.Select(rule => rule.Revision));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal([13, 11, 9, 7, 5, 3, 1], seen);
        await Assert.ThrowsAsync<InvalidCursorException>(() => LogOf(Store).RevisionsAsync("r", "what", 3, Ct));
    }

    [Fact]
    public async Task Append_ManyWritersOfOneRevision_OneWins()
    {
        await AppendAsync("r", Boost);
        await using var replica = Store.Replica();

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(
            async () =>
            {
                try
                {
                    return await AppendAsync("r", $$"""{"n":{{n}}}""", 1, n % 2 == 0 ? Store : replica);
                }
                catch (DefinitionConflictException conflict)
                {
                    Assert.Equal(2, conflict.Last!.Revision);
                    return 0;
                }
            },
            Ct)));

        Assert.Equal([2], results.Where(revision => revision > 0));
        Assert.Equal(2, await LogOf(Store).LastRevisionAsync(Ct));
    }

    /// <summary>Whoever has read up to a revision has read all before it: what a reader finds later lies behind the last revision it knew.</summary>
    [Fact]
    public async Task Append_TwoWritersAtOnce_RevisionsBecomeVisibleInTheirOrder()
    {
        await using var replica = Store.Replica();
        var writers = Task.WhenAll(
            Task.Run(() => WriteAsync(Store, "a"), Ct),
            Task.Run(() => WriteAsync(replica, "b"), Ct));
        List<StoredDefinitions> readings = [];
        do
        {
            var rules = await LogOf(Store).LoadAsync(Ct);
            if (rules.LastRevision > (readings.Count == 0 ? 0 : readings[^1].LastRevision))
                readings.Add(rules);
        }
        while (!writers.IsCompleted);
        await writers;
        readings.Add(await LogOf(replica).LoadAsync(Ct));

        var all = (await LogOf(Store).RevisionsAsync("a", null, 100, Ct)).Items.Concat((await LogOf(Store).RevisionsAsync("b", null, 100, Ct)).Items).OrderBy(rule => rule.Revision).ToList();
        Assert.Equal(60, all.Count);
        Assert.Equal(60, readings[^1].LastRevision);
        Assert.All(readings, rules => Assert.Equal(
            all.Where(rule => rule.Revision <= rules.LastRevision).GroupBy(rule => rule.Id).Select(rule => rule.Last()).OrderBy(rule => rule.Id, StringComparer.Ordinal), rules.All));

        async Task WriteAsync(TestStore store, string ruleId)
        {
            for (var n = 0; n < 30; n++)
                await AppendAsync(ruleId, $$"""{"n":{{n}}}""", by: store);
        }
    }

    [Fact]
    public async Task AppendAfter_SomethingStoredSince_ChangesNothing()
    {
        Assert.Equal(1, (await LogOf(Store).AppendAfterAsync(0, "a", Boost, Ct))!.Revision);
        Assert.Null(await LogOf(Store).AppendAfterAsync(0, "b", Boost, Ct));
        Assert.Null(await LogOf(Store).AppendAfterAsync(2, "b", Boost, Ct));
        Assert.Equal(2, (await LogOf(Store).AppendAfterAsync(1, "b", Boost, Ct))!.Revision);
        await Assert.ThrowsAsync<DefinitionConflictException>(() => LogOf(Store).AppendAfterAsync(2, "c", null, Ct));
        Assert.Equal([(1, "a", Boost), (2, "b", Boost)], Shown((await LogOf(Store).LoadAsync(Ct)).All));
    }

    /// <summary>The order is that of the commits also where the earlier transaction takes its time.</summary>
    [Fact]
    public async Task Append_WhileAnotherIsOpen_WaitsForIt()
    {
        await using var replica = Store.Replica();
        var (hasBegun, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = Store.Inner.WriteAsync(
            async context =>
            {
                await context.LockLeaseAsync(Store.Inner.Provider, Lease, Ct);
                var slow = NewRow();
                (slow.DefinitionId, slow.Definition, slow.ChangedAt) = ("slow", Boost, Store.Inner.Now);
                context.Add(slow);
                await context.SaveChangesAsync(Ct);
                hasBegun.SetResult();
                await mayEnd.Task;
            },
            Ct);
        await hasBegun.Task;

        var second = Task.Run(() => AppendAsync("quick", Boost, by: replica), Ct);
        await UntilItWaitsAsync(second);
        Assert.Same(StoredDefinitions.None, await LogOf(replica).LoadAsync(Ct));
        mayEnd.SetResult();
        await first;

        Assert.Equal(2, await second);
        Assert.Equal([(2, "quick", Boost), (1, "slow", Boost)], Shown((await LogOf(Store).LoadAsync(Ct)).All));
    }

    /// <summary>On SQLite there is one writer, and nothing says that another waits.</summary>
    private async Task UntilItWaitsAsync(Task write)
    {
        if (Provider != StorageProvider.Postgres)
            return;
        while (await Store.CountAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == 0)
        {
            Assert.False(write.IsCompleted, "The append has not waited.");
            await Task.Yield();
        }
    }
}

public abstract class RulesContract(StorageProvider provider) : DefinitionLogContract(provider)
{
    private protected override string Lease => Leases.Rules;

    private protected override Entities.DefinitionRow NewRow() => new Entities.RuleRow();

    protected override DefinitionLog LogOf(TestStore store) => store.Rules;
}

public sealed class SqliteRulesTests() : RulesContract(StorageProvider.Sqlite);

public sealed class PostgresRulesTests() : RulesContract(StorageProvider.Postgres);

public abstract class ExperimentsContract(StorageProvider provider) : DefinitionLogContract(provider)
{
    private protected override string Lease => Leases.Experiments;

    private protected override Entities.DefinitionRow NewRow() => new Entities.ExperimentRow();

    protected override DefinitionLog LogOf(TestStore store) => store.Experiments;

    [Fact]
    public async Task Append_OfBothKinds_NumbersEachByItself()
    {
        await Store.Rules.AppendAsync("r", "{}", null, Ct);
        await Store.Rules.AppendAsync("r", "{}", null, Ct);

        Assert.Equal(1, (await Store.Experiments.AppendAsync("r", """{"name":"e"}""", 0, Ct)).Revision);

        Assert.Equal(2, (await Store.Rules.LoadAsync(Ct)).LastRevision);
        Assert.Equal("""{"name":"e"}""", Assert.Single((await Store.Experiments.LoadAsync(Ct)).All).Definition);
        var conflict = await Assert.ThrowsAsync<DefinitionConflictException>(() => Store.Experiments.AppendAsync("other", null, null, Ct));
        Assert.Equal("There is no experiment 'other'.", conflict.Message);
    }
}

public sealed class SqliteExperimentsTests() : ExperimentsContract(StorageProvider.Sqlite);

public sealed class PostgresExperimentsTests() : ExperimentsContract(StorageProvider.Postgres);
