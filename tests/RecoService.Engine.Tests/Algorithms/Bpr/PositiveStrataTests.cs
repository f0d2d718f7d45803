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

    /// <summary>Items of 1, 2 and 5 users: the chance of each is its part of the sum of the powers.</summary>
    [Theory]
    [InlineData(0, 1 / 3.0, 1 / 3.0, 1 / 3.0)]
    [InlineData(1, 1 / 8.0, 2 / 8.0, 5 / 8.0)]
    [InlineData(2, 1 / 30.0, 4 / 30.0, 25 / 30.0)]
    public void Draw_ManyTimes_GivesItemsByThePowerOfTheirUsers(float exponent, params double[] chances)
    {
        var strata = new PositiveStrata(SparseMatrix.FromEntries(5, 4, [0, 0, 1, 0, 1, 2, 3, 4, 4], [0, 1, 1, 3, 3, 3, 3, 3, 2], [1, 1, 1, 1, 1, 1, 1, 1, -1]), exponent);
        var random = new SeededRandom(5, 1);
        strata.Deal(random, new TrainingContext());
        const int Draws = 60_000;
        var drawn = new int[4];
        for (var draw = 0; draw < Draws; draw++)
            drawn[strata.Draw(0, ref random)]++;

        Assert.Equal(0, drawn[2]);
        int[] wanted = [drawn[0], drawn[1], drawn[3]];
        for (var item = 0; item < 3; item++)
            Assert.Equal(chances[item], (double)wanted[item] / Draws, 0.01);
    }

    [Fact]
    public void Sample_ManyDraws_IsByThePowerOfTheUsersOfAllGroups()
    {
        var weights = ManyWeights();
        var strata = new PositiveStrata(weights, exponent: 1);
        var users = weights.Transpose();

        var sample = strata.Sample(100_000, new SeededRandom(1, 1));

        Assert.Equal(sample, strata.Sample(100_000, new SeededRandom(1, 1)));
        Assert.All(new[] { 0, 40, 100 }, item => Assert.Equal((double)users.RowLength(item) / strata.Count, sample.Count(drawn => drawn == item) / 100_000.0, 0.002));
        Assert.DoesNotContain(ItemCount - 1, sample);
        Assert.Empty(new PositiveStrata(weights).Sample(10, new SeededRandom(1, 1)));
        Assert.Empty(new PositiveStrata(SparseMatrix.Empty(2, 2), exponent: 1).Sample(10, new SeededRandom(1, 1)));
    }

    [Fact]
    public void Draw_ManyGroups_StaysInTheGroup()
    {
        var strata = new PositiveStrata(ManyWeights(), exponent: 0.75f);
        var random = new SeededRandom(5, 1);
        strata.Deal(random, new TrainingContext(2));
        for (var group = 0; group < strata.Grid; group++)
        {
            var items = strata.ItemsOf(group).ToArray();
            for (var draw = 0; draw < 500; draw++)
                Assert.Contains(strata.Draw(group, ref random), items);
        }
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
