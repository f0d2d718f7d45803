using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using RecoService.Engine.Evaluation;

namespace RecoService.Engine.Tests.Evaluation;

public sealed class ConcentrationTests
{
    [Fact]
    public void Of_SevenItems_IsAsByHand()
    {
        // 1, 1, 1, 1, 2, 2, 6: (-6 - 4 - 2 + 0 + 4 + 8 + 36) / (7 * 14); the top 1% is one item.
        var concentration = Concentration.Of([(1, 4), (2, 2), (6, 1)])!.Value;

        Assert.Equal(36.0 / 98, concentration.Gini, 12);
        Assert.Equal(6.0 / 14, concentration.TopShare, 12);
    }

    [Fact]
    public void Of_Nothing_IsNull() => Assert.Null(Concentration.Of([]));

    [Fact]
    public void Of_AllAlike_HasNoGiniAndTheTopItsShare()
    {
        var concentration = Concentration.Of([(5, 250)])!.Value;

        Assert.Equal(0, concentration.Gini, 12);
        // 1% of 250 items is 3 whole items.
        Assert.Equal(3.0 / 250, concentration.TopShare, 12);
    }

    [Property]
    public Property Of_AnyCounts_IsTheDefinitionItemByItem() => Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt[]>(), values =>
    {
        var counts = values.Select(value => (long)value.Get).Order().ToList();
        if (counts.Count == 0)
            return true;
        var weighted = counts.Select((count, index) => ((2.0 * (index + 1)) - counts.Count - 1) * count).Sum();
        var top = counts.TakeLast((counts.Count + 99) / 100).Sum();

        var concentration = Concentration.Of([.. counts.GroupBy(count => count).Select(group => (group.Key, (long)group.Count()))])!.Value;

        return Math.Abs(concentration.Gini - (weighted / (counts.Count * (double)counts.Sum()))) < 1e-9 && Math.Abs(concentration.TopShare - ((double)top / counts.Sum())) < 1e-9;
    });

    [Fact]
    public void Shift_OfTwoCategories_IsAsByHand()
    {
        // (3.5 / 5, 1.5 / 5) against (1.5 / 3, 1.5 / 3): 0.2 ln 1.4 - 0.2 ln 0.6.
        Assert.Equal((0.2 * Math.Log(1.4)) - (0.2 * Math.Log(0.6)), PopulationShift.Index([(3, 1), (1, 1)])!.Value, 12);
    }

    [Fact]
    public void Shift_OfTheSameShares_IsNothingAndOfAnEmptySideUnknown()
    {
        Assert.Equal(0, PopulationShift.Index([(7, 7), (3, 3)])!.Value, 12);
        Assert.Null(PopulationShift.Index([(7, 0), (3, 0)]));
        Assert.Null(PopulationShift.Index([]));
    }

    [Property]
    public bool Shift_OfAnyCounts_IsNotNegativeAndTheSameBothWays(PositiveInt[] now, PositiveInt[] before)
    {
        var counts = now.Zip(before, (one, other) => ((long)one.Get, (long)other.Get)).ToList();
        var (there, back) = (PopulationShift.Index(counts), PopulationShift.Index(counts.ConvertAll(count => (count.Item2, count.Item1))));
        return counts.Count == 0 ? there is null : there >= -1e-12 && Math.Abs(there.Value - back!.Value) < 1e-9;
    }
}
