using RecoService.Api.DataDoctor;
using RecoService.Storage.Health;

namespace RecoService.Api.Tests.DataDoctor;

/// <summary>Where a fact becomes a fault.</summary>
public sealed class FindingsTests
{
    private static readonly DataFacts Clean = new()
    {
        AsOf = DateTimeOffset.UnixEpoch,
        Acts = 10_000,
        Kinds = [new KindFacts("view", true, 6_000, 500, 500), new KindFacts("purchase", true, 4_000, 300, 300)],
        ListedItems = 100,
        Users = 1_000,
        ActiveUsers = 1_000,
        ActiveItems = 100,
        Pairs = 9_000,
        ColdUsers = 499,
        ColdItems = 33,
        TopShare = 0.49,
        LastWeek = 800,
        WeekBefore = 800,
        KindShift = 0.09,
        CategoryShift = 0.09,
        NewItemShare = 0.19,
        NewItemShareBefore = 0.1,
        Late = 40,
        LateByHalfHours = 19,
    };

    public static TheoryData<string, string> Cases => new()
    {
        { "kind-never-seen", "note" }, { "kind-dominates", "warning" }, { "kind-not-configured", "warning" }, { "future-times", "error" }, { "ancient-times", "error" }, { "clock-skew", "warning" },
        { "unlisted-items", "warning" }, { "items-without-title", "warning" }, { "items-without-price", "note" }, { "items-without-category", "note" }, { "duplicate-items", "warning" },
        { "shared-sessions", "note" }, { "programs", "warning" }, { "concentration", "note" }, { "sparse", "note" }, { "cold-users", "note" }, { "cold-items", "note" }, { "kind-stopped", "error" },
        { "volume-drift", "warning" }, { "kind-drift", "note" }, { "category-drift", "warning" }, { "new-item-drift", "note" }, { "no-interactions", "error" },
    };

    [Fact]
    public void In_DataJustBelowEachBound_FindsNothing() => Assert.Empty(Findings.In(Clean));

    [Theory]
    [MemberData(nameof(Cases))]
    public void In_OneFactAtItsBound_FindsThatFaultAloneAndSaysWhatToDo(string code, string severity)
    {
        var finding = Assert.Single(Findings.In(With(code)));

        Assert.Equal((code, severity), (finding.Code, finding.Severity.ToString().ToLowerInvariant()));
        var (harm, remedy) = Advice.Of(code, learnsFromPrograms: false);
        Assert.True(harm.Length > 20 && remedy.Length > 20, $"{code}: {harm} {remedy}");
        Assert.EndsWith(".", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_MostInteractionsOfUnlistedItems_IsAnErrorAndComesFirst()
    {
        var findings = Findings.In(With("unlisted-items") with { ActsOnUnlisted = 5_001, Untitled = new FoundItems(1, ["a"]) });

        Assert.Equal(["unlisted-items", "items-without-title"], findings.Select(finding => finding.Code));
        Assert.Equal(Severity.Error, findings[0].Severity);
    }

    [Fact]
    public void Advice_OfPrograms_DependsOnWhetherModelsLearnFromThem() =>
        Assert.NotEqual(Advice.Of("programs", learnsFromPrograms: true), Advice.Of("programs", learnsFromPrograms: false));

    private static DataFacts With(string code) => code switch
    {
        "kind-never-seen" => Clean with { Kinds = [.. Clean.Kinds, new KindFacts("like", true, 0, 0, 0)] },
        "kind-dominates" => Clean with { Kinds = [new KindFacts("view", true, 9_800, 500, 500), new KindFacts("purchase", true, 200, 300, 300)] },
        "kind-not-configured" => Clean with { Kinds = [.. Clean.Kinds, new KindFacts("wish", false, 1, 0, 0)] },
        "future-times" => Clean with { Future = new FoundUsers(1, [1]) },
        "ancient-times" => Clean with { Ancient = new FoundUsers(1, [1]) },
        "clock-skew" => Clean with { LateByHalfHours = 20 },
        "unlisted-items" => Clean with { ActsOnUnlisted = 5_000, Unlisted = new FoundItems(1, ["x"]) },
        "items-without-title" => Clean with { Untitled = new FoundItems(1, ["a"]) },
        "items-without-price" => Clean with { Unpriced = new FoundItems(1, ["a"]) },
        "items-without-category" => Clean with { Uncategorized = new FoundItems(1, ["a"]) },
        "duplicate-items" => Clean with { Duplicates = new FoundItems(1, ["a = b"]) },
        "shared-sessions" => Clean with { SharedSessions = new FoundUsers(1, [1, 2]) },
        "programs" => Clean with { Programs = new FoundUsers(1, [1]), ActsOfPrograms = 10 },
        "concentration" => Clean with { TopShare = 0.5 },
        "sparse" => Clean with { Pairs = 2_999 },
        "cold-users" => Clean with { ColdUsers = 500 },
        "cold-items" => Clean with { ColdItems = 34 },
        "kind-stopped" => Clean with { Kinds = [Clean.Kinds[0], new KindFacts("purchase", true, 4_000, 0, 50)] },
        "volume-drift" => Clean with { Kinds = [Clean.Kinds[0], new KindFacts("purchase", true, 4_000, 149, 300)] },
        "kind-drift" => Clean with { KindShift = 0.1 },
        "category-drift" => Clean with { CategoryShift = 0.25 },
        "new-item-drift" => Clean with { NewItemShare = 0.25, NewItemShareBefore = 0.125 },
        _ => new DataFacts { AsOf = DateTimeOffset.UnixEpoch, Users = 1, ListedItems = 1 },
    };
}
