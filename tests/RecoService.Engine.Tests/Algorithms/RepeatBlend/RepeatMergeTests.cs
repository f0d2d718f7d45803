using RecoService.Engine.Algorithms.RepeatBlend;
using RecoService.Engine.Composition;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Evaluation;

namespace RecoService.Engine.Tests.Algorithms.RepeatBlend;

public sealed class RepeatMergeTests
{
    private const float Unknown = float.NaN;

    private static readonly KeyMap Users = KeyMap.FromAscending([1]);
    private static readonly KeyMap Items = KeyMap.FromAscending([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

    /// <summary>The user has 0 to 4, and is against 9. The first part prefers low indexes, the second high ones.</summary>
    private static readonly int[] Own = [0, 1, 2, 3, 4, 9];

    [Theory]
    [InlineData(1f, new[] { 0, 1, 2, 3, 4, 9, 8, 7, 6, 5 })]
    [InlineData(0f, new[] { 9, 8, 7, 6, 5, 0, 1, 2, 3, 4 })]
    [InlineData(0.5f, new[] { 0, 9, 1, 8, 2, 7, 3, 6, 4, 5 })]
    [InlineData(0.25f, new[] { 0, 9, 8, 7, 1, 6, 5, 2, 3, 4 })]
    [InlineData(0.7f, new[] { 0, 1, 2, 9, 3, 4, 8, 7, 6, 5 })]
    public void Rank_Share_GivesOwnItemsThatPartOfAnyList(float share, int[] expected) =>
        Assert.Equal(expected, ListOf(share, item => -item, item => item));

    [Fact]
    public void Rank_ItemsThatTheirPartDoesNotKnow_StandBehindInTheOrderOfTheOther() =>
        // Of own items the first part knows 2 alone, of new ones the second 5 alone.
        Assert.Equal([2, 4, 3, 1, 0, 5, 6, 7, 8, 9], ListOf(1, item => item is 2 or >= 5 ? -item : Unknown, item => item <= 5 ? item : Unknown));

    [Fact]
    public void Rank_EqualScores_StandByTheirIndex() =>
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], ListOf(1, _ => 1, _ => 1));

    [Fact]
    public void IsSound_OnlyOfAShare() =>
        Assert.Equal([true, true, false, false], new[] { 0, 1, 1.1f, Unknown }.Select(share => new RepeatMerge(share).IsSound()));

    private static int[] ListOf(float share, Func<int, float> repeat, Func<int, float> explore)
    {
        ModelPart[] parts = [new("repeat", new FixedScorer(Users, Items, (_, item) => repeat(item))), new("explore", new FixedScorer(Users, Items, (_, item) => explore(item)))];
        var model = new ComposedModel(parts, [], new RepeatMerge(share), depth: 10);
        var history = new UserHistory(0, Own, [1, 1, 1, 1, 1, -1], new long[6], new float[6]);
        var best = new TopK(10);
        model.Retrieve(history, [], best);
        var list = new int[10];
        var scores = new float[10];
        var count = best.Drain(list, scores);

        // The same by score, and above whatever a fallback says.
        var asked = new float[10];
        model.Score(history, list, asked);
        Assert.Equal(scores, asked);
        Assert.All(scores, score => Assert.True(score >= 1));
        return list[..count];
    }
}
