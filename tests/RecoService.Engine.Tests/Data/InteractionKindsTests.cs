using RecoService.Engine.Data;

namespace RecoService.Engine.Tests.Data;

public sealed class InteractionKindsTests
{
    [Fact]
    public void WeightOf_Rating_ScalesByItsValue()
    {
        var kinds = InteractionKinds.Default;
        Assert.Equal(5, kinds.WeightOf(kinds.RatingIndex, 5));
        Assert.Equal(1, kinds.WeightOf(kinds.RatingIndex, 1));
        Assert.Equal(-4, kinds.WeightOf(Datasets.Dislike, 0));
    }

    [Fact]
    public void Constructor_BadTables_Throw()
    {
        var rating = new InteractionKind(InteractionKind.Rating, 1, Consumes: true);
        Assert.Throws<ArgumentException>(() => new InteractionKinds([]));
        Assert.Throws<ArgumentException>(() => new InteractionKinds([new("view", 1, Consumes: false)]));
        Assert.Throws<ArgumentException>(() => new InteractionKinds([rating, rating]));
        Assert.Throws<ArgumentException>(() => new InteractionKinds([rating with { Weight = float.NaN }]));
        Assert.Throws<ArgumentException>(() => new InteractionKinds([rating], ratingMin: 5, ratingMax: 5));
        Assert.Throws<ArgumentException>(() => new InteractionKinds([rating], ratingMin: float.NaN));
    }
}
