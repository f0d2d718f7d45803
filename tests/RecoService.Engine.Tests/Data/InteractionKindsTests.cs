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

    [Theory]
    [InlineData(true, null, false)]
    [InlineData(true, 0.0, true)]
    [InlineData(true, 30.0, true)]
    [InlineData(false, null, true)]
    public void CanRepeat_IsByTheKindOfTheLargestWeight(bool consumes, double? days, bool expected)
    {
        var kinds = new InteractionKinds(
        [
            new("view", 1, Consumes: false), new("purchase", 8, consumes) { ConsumesForDays = days }, new(InteractionKind.Rating, 9, Consumes: true), new("dislike", -10, Consumes: true),
        ]);

        Assert.Equal(expected, kinds.CanRepeat);
        Assert.False(InteractionKinds.Default.CanRepeat);
        Assert.False(new InteractionKinds([new(InteractionKind.Rating, 9, Consumes: false)]).CanRepeat);
    }

    [Fact]
    public void StrongestIndex_IsTheKindOfTheLargestWeightThatIsNoRating()
    {
        Assert.Equal("purchase", InteractionKinds.Default[InteractionKinds.Default.StrongestIndex].Name);
        Assert.Equal(2, new InteractionKinds([new("view", 1, Consumes: false), new(InteractionKind.Rating, 9, Consumes: true), new("stay", 3, Consumes: false)]).StrongestIndex);
        Assert.Equal(0, new InteractionKinds([new(InteractionKind.Rating, 9, Consumes: true)]).StrongestIndex);
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
