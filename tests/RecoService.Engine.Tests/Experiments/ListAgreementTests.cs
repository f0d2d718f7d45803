using RecoService.Engine.Experiments;

namespace RecoService.Engine.Tests.Experiments;

public sealed class ListAgreementTests
{
    /// <summary>By hand: at depth d the agreement is common / d, with the weight 0.1 x 0.9^(d - 1), and the last one has the weight 0.9^n that is left.</summary>
    [Theory]
    [InlineData("abc", "abc", 1, 1, 1)]
    [InlineData("ab", "ba", 1, (0.1 * 0) + (0.09 * 1) + (0.81 * 1), -1)]
    [InlineData("abc", "acb", 1, 0.1 + (0.09 * 0.5) + 0.081 + 0.729, 1.0 / 3)]
    [InlineData("abcd", "xbya", 0.5, (0.1 * 0) + (0.09 * 0.5) + (0.081 / 3) + (0.0729 * 0.5) + (0.6561 * 0.5), -1)]
    [InlineData("abc", "a", 1.0 / 3, 0.1 + 0.9, double.NaN)]
    [InlineData("abc", "xyz", 0, 0, double.NaN)]
    [InlineData("abc", "", 0, 0, double.NaN)]
    public void Of_TwoLists_IsWhatTheHandSays(string first, string second, double overlap, double biased, double tau)
    {
        var agreement = ListAgreement.Of(first.ToCharArray(), second.ToCharArray());

        Assert.Equal(overlap, agreement.Overlap, 1e-12);
        Assert.Equal(biased, agreement.RankBiasedOverlap, 1e-12);
        Assert.Equal(tau, agreement.Tau, 1e-12);
    }

    [Fact]
    public void Of_NothingShown_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => ListAgreement.Of<int>([], [1]));
}
