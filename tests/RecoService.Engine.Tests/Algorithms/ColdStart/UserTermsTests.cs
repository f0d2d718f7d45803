using RecoService.Engine.Algorithms.ColdStart;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;

namespace RecoService.Engine.Tests.Algorithms.ColdStart;

public sealed class UserTermsTests
{
    [Fact]
    public void Of_TermsOfEnoughUsers_AreKeptWhateverTheirCase()
    {
        var (terms, features) = UserTerms.Of(Dataset(user => new UserContent { Attributes = [user % 2 == 0 ? "City=Bonn" : "city=bonn", user < UserTerms.FewestUsers - 1 ? "rare=yes" : "rare=no"] }), new TrainingContext());

        Assert.Equal(2, terms.Count);
        Assert.Equal([0, 1], terms.VectorOf(new UserContent { Attributes = [" CITY=BONN", "rare=no", "unheard=of"] }).Terms);
        Assert.Empty(terms.VectorOf(new UserContent { Attributes = ["rare=yes"] }).Terms);
        Assert.Equal(1, features.RowLength(0));
        Assert.Equal(2, features.RowLength(99));
    }

    [Fact]
    public void VectorOf_Numbers_LieInBandsOfAsManyUsers()
    {
        var (terms, features) = UserTerms.Of(Dataset(user => new UserContent { Numbers = [new UserNumber("age", user)] }), new TrainingContext());

        Assert.Equal(10, terms.Count);
        Assert.All(Enumerable.Range(0, 10), band => Assert.Equal(10, Enumerable.Range(0, 100).Count(user => features.RowColumns(user)[0] == features.RowColumns(band * 10)[0])));
        // Beyond the ends are the first band and the last.
        Assert.Equal(features.RowColumns(0).ToArray(), terms.VectorOf(new UserContent { Numbers = [new UserNumber("age", -1e9)] }).Terms);
        Assert.Equal(features.RowColumns(99).ToArray(), terms.VectorOf(new UserContent { Numbers = [new UserNumber("age", 1e9)] }).Terms);
        Assert.Empty(terms.VectorOf(new UserContent { Numbers = [new UserNumber("height", 5)] }).Terms);
    }

    [Fact]
    public void Of_OneNumberForAll_IsOneTerm() =>
        Assert.Equal(1, UserTerms.Of(Dataset(_ => new UserContent { Numbers = [new UserNumber("age", 30)] }), new TrainingContext()).Terms.Count);

    [Fact]
    public void Of_TheSameRun_IsReadOnce()
    {
        var (dataset, context) = (Dataset(_ => new UserContent { Attributes = ["a=b"] }), new TrainingContext());

        Assert.Same(UserTerms.Of(dataset, context), UserTerms.Of(dataset, context));
    }

    private static InteractionDataset Dataset(Func<int, UserContent> contentOf)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var user = 0; user < 100; user++)
        {
            builder.Add(user + 1, 1, Datasets.Purchase, 0, user);
            builder.AddUserContent(user + 1, contentOf(user));
        }

        return builder.Build();
    }
}
