using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Evaluation.Audit;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Evaluation.Audit;

/// <summary>Four users, four items, lists of one: all of it worked out by hand.</summary>
public sealed class ModelAuditorTests
{
    private static readonly AuditOptions Options = new(1) { Repeats = RepeatRule.None, MinGroupUsers = 1 };

    /// <summary>Users 1 to 3 bought item 1, user 4 item 2. The model likes item 1 best, then item 2; nobody is shown what they have. So users 1 to 3 are shown item 2, and user 4 item 1.</summary>
    private static InteractionDataset Train()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        foreach (var (user, item) in new[] { (1, 1), (2, 1), (3, 1), (4, 2) })
            builder.Add(user, item, Datasets.Purchase, 0, 0);
        builder.AddItem(3);
        builder.AddItem(4);
        builder.AddContent(1, new ItemContent { Categories = ["A > x"], Attributes = ["brand=Oak", "color=red"] });
        builder.AddContent(2, new ItemContent { Categories = ["B"], Attributes = ["brand=Oak"] });
        builder.AddContent(3, new ItemContent { Categories = ["A", "B"], Attributes = ["brand=Elm"] });
        foreach (var (user, sex, age) in new[] { (1, "f", 20), (2, "f", 30), (3, "m", 40), (4, "m", 50) })
            builder.AddUserContent(user, new UserContent { Attributes = [$"sex={sex}", $"name=n{user}", $"children={user}"], Numbers = [new UserNumber("age", age)] });
        return builder.Build();
    }

    private static ModelAudit Audit(InteractionDataset train, AuditOptions options, params (int User, int Item)[] relevant) => ModelAuditor.Audit(
        new PopularityModel(train.Users, train.Items, [4, 3, 2, 1]), train, Matrix(train, relevant), [.. relevant.Select(pair => pair.User).Distinct()], options, new TrainingContext(1));

    private static SparseMatrix Matrix(InteractionDataset train, (int User, int Item)[] pairs)
    {
        var starts = new long[train.Users.Count + 1];
        List<int> columns = [];
        for (var user = 0; user < train.Users.Count; user++)
        {
            columns.AddRange(pairs.Where(pair => pair.User == user).Select(pair => pair.Item).Order());
            starts[user + 1] = columns.Count;
        }

        return new SparseMatrix(train.Items.Count, starts, [.. columns], [.. columns.Select(_ => 1f)]);
    }

    /// <summary>Users 1, 3 and 4 want later what they are shown, user 2 wants item 3. The four names are more values than are told apart.</summary>
    private static ModelAudit Whole() => Audit(Train(), Options with { MostGroups = 3 }, (0, 1), (1, 2), (2, 1), (3, 0));

    [Fact]
    public void Audit_Exposure_IsThatOfTheLists()
    {
        var audit = Whole();

        Assert.Equal((1, 4), (audit.K, audit.Users));
        // 0, 0, 1 and 3: ((2*3 - 5) * 1 + (2*4 - 5) * 3) / (4 * 4).
        Assert.Equal(0.625, audit.Items.Gini, 12);
        Assert.Equal(0.75, audit.Items.TopShare, 12);
        Assert.Equal(0.5, audit.Items.Coverage, 12);
    }

    [Fact]
    public void Audit_Groups_AreHeldAgainstCatalogueAndDemand()
    {
        var audit = Whole();

        // Item 3 is half of each category.
        Assert.Equal([new GroupExposure("B", 2, 0.5, 0.25, 0.75), new GroupExposure("A", 2, 0.5, 0.75, 0.25)], audit.Categories);
        Assert.Equal([3d, 1d / 3], audit.Categories.Select(group => group.ExposureOverDemand!.Value));
        Assert.Equal(["Oak", "Elm"], audit.Providers.Select(group => group.Group));
        Assert.Equal((2d / 3, 1d, 1d), (audit.Providers[0].CatalogueShare, audit.Providers[0].DemandShare, audit.Providers[0].ExposureShare));
        Assert.Null(audit.Providers[1].ExposureOverDemand);
        Assert.Equal(0.5, audit.ProviderGini!.Value, 12);
        Assert.Single(Audit(Train(), Options with { MostGroups = 1 }, (0, 1)).Categories);
        Assert.Equal(["red"], Audit(Train(), Options with { ProviderAttribute = "color" }, (0, 1)).Providers.Select(group => group.Group));
    }

    [Fact]
    public void Audit_Miscalibration_IsTheDivergenceOfWhatIsShownFromWhatIsLiked()
    {
        // Every list is of the other category than the history: ln(1 / 0.01).
        Assert.Equal(Math.Log(100), Whole().Miscalibration!.Value, 12);
    }

    [Fact]
    public void Audit_UserGroups_TellQualityAndPopularityApart()
    {
        var groups = Whole().UserGroups.ToDictionary(group => $"{group.Attribute} {group.Group}");

        // A number that stands as a text is a number.
        Assert.Equal(["age 30 to below 40", "age 40 or more", "age below 30", "children 2 to below 3", "children 3 or more", "children below 2", "sex f", "sex m"], groups.Keys.Order());
        Assert.Equal((2, 0.5, 0.5), (groups["sex f"].Users, groups["sex f"].Ndcg, groups["sex f"].Recall));
        Assert.Equal((2, 1d, 1d), (groups["sex m"].Users, groups["sex m"].Ndcg, groups["sex m"].Recall));
        // Three of four users have item 1, one has item 2.
        Assert.Equal(-2d / 3, groups["sex f"].PopularityLift!.Value, 12);
        Assert.Equal(0, groups["sex m"].PopularityLift!.Value, 12);
        Assert.Equal(0.5, Whole().OpportunityDifferences["sex"], 12);
        Assert.Equal(1, Whole().OpportunityDifferences["age"], 12);
    }

    [Fact]
    public void Audit_SmallGroups_AreNotToldApart() => Assert.Equal(["sex f", "sex m"], Audit(Train(), Options with { MinGroupUsers = 2 }, (0, 1), (1, 2), (2, 1), (3, 0)).UserGroups.Where(group => group.Attribute == "sex").Select(group => $"{group.Attribute} {group.Group}"));

    [Fact]
    public void Audit_MoreUsersThanAreLookedAt_TakesThemEvenly()
    {
        var audit = Audit(Train(), Options with { MostUsers = 2 }, (0, 1), (1, 2), (2, 1), (3, 0));

        // Users 1 and 3.
        Assert.Equal(2, audit.Users);
        Assert.Equal(0.25, audit.Items.Coverage, 12);
    }

    [Fact]
    public void Audit_NewItems_AreThoseThatCameOfLate()
    {
        const long day = 24L * 60 * 60 * 1000;
        var train = Datasets.Of((1, 1, Datasets.Purchase, 0, 0), (1, 2, Datasets.Purchase, 0, 60 * day), (2, 1, Datasets.Purchase, 0, 61 * day), (2, 3, Datasets.Purchase, 0, 80 * day), (2, 4, Datasets.Purchase, 0, 90 * day));
        // User 1 is shown items 3 and 4, user 2 item 2.
        var audit = ModelAuditor.Audit(new PopularityModel(train.Users, train.Items, [4, 3, 2, 1]), train, Matrix(train, [(0, 2), (1, 1)]), [0, 1], Options with { K = 2, MostUsers = 10 }, new TrainingContext(1));

        var second = 1 / Math.Log2(3);
        Assert.Equal((30, 2, 0.5, 0.4, 1d), (audit.NewItems!.Days, audit.NewItems.Items, audit.NewItems.CatalogueShare, audit.NewItems.DemandShare, audit.NewItems.Coverage));
        Assert.Equal((1 + second) / (2 + second), audit.NewItems.ExposureShare, 12);
        Assert.Null(Whole().NewItems);
    }

    [Fact]
    public void Audit_NothingKnownOfItemsAndUsers_SaysSo()
    {
        var train = Datasets.OfPurchases((1, 1), (2, 2), (2, 3), (3, 1), (3, 2), (3, 4));

        var audit = ModelAuditor.Audit(new PopularityModel(train.Users, train.Items, [4, 3, 2, 1]), train, Matrix(train, [(0, 1), (1, 0), (2, 2)]), [0, 1, 2], Options, new TrainingContext(1));

        Assert.Empty(audit.Categories);
        Assert.Empty(audit.Providers);
        Assert.Equal((null, null), (audit.ProviderGini, audit.Miscalibration));
        Assert.Equal(["light", "medium", "heavy"], audit.UserGroups.Select(group => group.Group));
        Assert.All(audit.UserGroups, group => Assert.Equal(("activity", 1), (group.Attribute, group.Users)));
    }

    /// <summary>A made shop of two tastes, and a model that knows one of them: the audit finds whom it fails.</summary>
    [Fact]
    public void Audit_APlantedBias_IsFound()
    {
        const int each = 40;
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        var random = new Random(7);
        for (var item = 0; item < 20; item++)
            builder.AddContent(item + 1, new ItemContent { Categories = [item < 10 ? "first" : "second"] });
        for (var user = 0; user < 2 * each; user++)
        {
            builder.AddUserContent(user + 1, new UserContent { Attributes = [user < each ? "taste=first" : "taste=second"] });
            for (var act = 0; act < 4; act++)
                builder.Add(user + 1, (user < each ? 0 : 10) + random.Next(10) + 1, Datasets.Purchase, 0, act);
        }

        var train = builder.Build();
        var relevant = Matrix(train, [.. Enumerable.Range(0, 2 * each).SelectMany(user => Enumerable.Range(user < each ? 0 : 10, 10).Where(item => train.UserItems.RowColumns(user).BinarySearch(item) < 0).Select(item => (user, item)))]);
        var biased = new PopularityModel(train.Users, train.Items, [.. Enumerable.Range(0, train.Items.Count).Select(item => item < 10 ? 2f : 1f)]);
        var options = new AuditOptions(5) { Repeats = RepeatRule.None };

        var audit = ModelAuditor.Audit(biased, train, relevant, [.. Enumerable.Range(0, 2 * each)], options, new TrainingContext(2));

        var groups = audit.UserGroups.Where(group => group.Attribute == "taste").ToDictionary(group => group.Group);
        Assert.True(groups["first"].NdcgLow > 0.9);
        Assert.Equal(0, groups["second"].NdcgHigh, 6);
        Assert.True(audit.OpportunityDifferences["taste"] > 0.5);
        Assert.Equal(0, groups["first"].Miscalibration!.Value, 6);
        Assert.Equal(Math.Log(100), groups["second"].Miscalibration!.Value, 6);
        Assert.Equal(("first", 1d), (audit.Categories[0].Group, audit.Categories[0].ExposureShare));
        Assert.InRange(audit.Categories[0].DemandShare, 0.4, 0.6);
    }
}
