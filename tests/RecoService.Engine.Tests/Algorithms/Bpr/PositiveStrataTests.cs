using RecoService.Engine.Algorithms.Bpr;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.Bpr;

public sealed class PositiveStrataTests
{
    private const int UserCount = 300;
    private const int ItemCount = 150;

    [Fact]
    public void Deal_AnyEpoch_EveryPositiveStandsInTheGroupOfItsItem()
    {
        var weights = ManyWeights();
        var strata = new PositiveStrata(weights);
        Assert.Equal(4, strata.Grid);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            strata.Deal(new SeededRandom(1, epoch), new TrainingContext(2));
            var visited = new List<(int User, int Item)>();
            for (var group = 0; group < strata.Grid; group++)
            {
                var items = strata.ItemsOf(group).ToArray().ToHashSet();
                for (var user = 0; user < UserCount; user++)
                {
                    foreach (var item in strata.PositivesOf(user, group))
                    {
                        Assert.Contains(item, items);
                        visited.Add((user, item));
                    }
                }
            }

            Assert.Equal(weights.Entries().Where(entry => entry.Value > 0).Select(entry => (entry.Row, entry.Column)), visited.Order());
            Assert.Equal(strata.Count, visited.Count);
        }
    }

    [Fact]
    public void Deal_OtherEpoch_OtherGroupsOfEqualSize()
    {
        var strata = new PositiveStrata(ManyWeights());
        strata.Deal(new SeededRandom(1, 0), new TrainingContext());
        var first = strata.ItemsOf(0).ToArray().Order().ToArray();
        strata.Deal(new SeededRandom(1, 1), new TrainingContext());

        Assert.NotEqual(first, strata.ItemsOf(0).ToArray().Order());
        // Item 149 is disliked at most: 149 items in four groups.
        Assert.Equal([37, 37, 37, 38], Enumerable.Range(0, 4).Select(group => strata.ItemsOf(group).Length));
    }

    [Fact]
    public void ItemGroup_OneStratum_GivesEveryUserGroupItsOwn()
    {
        var strata = new PositiveStrata(ManyWeights());
        for (var stratum = 0; stratum < strata.Grid; stratum++)
            Assert.Equal(Enumerable.Range(0, strata.Grid), Enumerable.Range(0, strata.Grid).Select(group => strata.ItemGroup(stratum, group)).Order());

        var users = Enumerable.Range(0, strata.Grid).SelectMany(group => strata.UsersOf(group).ToArray()).Order();
        Assert.Equal(Enumerable.Range(0, UserCount), users);
    }

    /// <summary>Every user wants about half of the items 0 to 148, and dislikes item 149.</summary>
    internal static SparseMatrix ManyWeights()
    {
        var random = new SeededRandom(3, 0);
        var (rows, columns, values) = (new List<int>(), new List<int>(), new List<float>());
        for (var user = 0; user < UserCount; user++)
        {
            for (var item = 0; item < ItemCount; item++)
            {
                if (item == ItemCount - 1 || random.Next(ItemCount) < ItemCount - item)
                {
                    rows.Add(user);
                    columns.Add(item);
                    values.Add(item == ItemCount - 1 ? -4 : 8);
                }
            }
        }

        return SparseMatrix.FromEntries(UserCount, ItemCount, [.. rows], [.. columns], [.. values]);
    }
}
