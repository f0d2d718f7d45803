using System.Globalization;
using FsCheck.Xunit;
using RecoService.Engine.Experiments;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Experiments;

public sealed class InterleavingTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(new[] { 1, 2 }, new[] { 2, 3 }, 2, new[] { "1,2", "2,1" })]
    [InlineData(new[] { 1, 2 }, new[] { 3, 4 }, 3, new[] { "1,3,2", "1,3,4", "3,1,2", "3,1,4" })]
    public void Interleave_OverManySeeds_MakesThePossibleListsAndNoOthers(int[] first, int[] second, int length, string[] possible)
    {
        var lists = Enumerable.Range(0, 400).Select(list => string.Join(',', TeamDraft.Interleave(first, second, length, 5, list).Items)).ToList();

        Assert.Equal(possible, lists.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        // Each as probable as the others.
        Assert.InRange(SampleRatio.P([.. possible.Select(one => (long)lists.Count(list => list == one))], [.. possible.Select(_ => 1.0)]), 0.01, 1);
    }

    [Fact]
    public void Credit_OfOneClickForEachTeam_IsATie()
    {
        var draft = TeamDraft.Interleave([1, 2], [3, 4], 4, 1, 1);

        Assert.Equal(0, draft.Credit([1, 3]));
        Assert.Equal(1, draft.Credit([3]));
        Assert.Equal(-2, draft.Credit([1, 2, 99]));
    }

    [Fact]
    public void Interleave_OfOneShortRanking_FillsUpFromTheOther()
    {
        var draft = TeamDraft.Interleave([1], [1, 2, 3], 5, 1, 1);

        Assert.Equal([1, 2, 3], draft.Items.Order());
        Assert.Empty(TeamDraft.Interleave([], [], 5, 1, 1).Items);
        Assert.Empty(TeamDraft.Interleave([1], [2], 0, 1, 1).Items);
    }

    /// <summary>Rankings of the same items: no item twice, all teams as large but for one, and each prefix of a team's items in the order of its ranking.</summary>
    [Property]
    public bool Interleave_IsFair(byte length, int seed)
    {
        var random = new SeededRandom(seed, 1);
        var (first, second) = (Enumerable.Range(0, 60).ToArray(), Enumerable.Range(0, 60).ToArray());
        random.Shuffle<int>(second);
        var draft = TeamDraft.Interleave(first, second, length % 60, seed, 2);
        var ofFirst = draft.Items.Where((_, place) => draft.Teams[place] == Team.First).ToList();
        return draft.Items.Count == length % 60 && draft.Items.Distinct().Count() == draft.Items.Count
            && Math.Abs((2 * ofFirst.Count) - draft.Items.Count) <= 1 && ofFirst.SequenceEqual(ofFirst.Order());
    }

    [Fact]
    public void SignP_OfKnownCases_IsThatOfTheBinomial()
    {
        // P(8 or more of 10) = 56 / 1024, on either side.
        Assert.Equal(0.109375, new InterleavingResult(2, 8, 5, default).SignP, 1e-12);
        Assert.Equal(1, new InterleavingResult(5, 5, 0, default).SignP);
        Assert.Equal(1, new InterleavingResult(0, 0, 9, default).SignP);
        // On either side of where the two ways of computing meet: the continuity-corrected z is 29.5 / 15.81 and 29 / 15.82.
        Assert.Equal(0.0621, new InterleavingResult(470, 530, 0, default).SignP, 0.0002);
        Assert.Equal(0.0668, new InterleavingResult(471, 530, 0, default).SignP, 0.0002);
    }

    [Fact]
    public void Of_Credits_SumsUpUsers()
    {
        var result = InterleavingResult.Of([1, 1, 3, -1, 0, 0]);

        Assert.Equal((1, 3, 2), (result.FirstWins, result.SecondWins, result.Ties));
        Assert.Equal((4.0 / 6) - 0.5, result.Preference, 1e-12);
        Assert.Equal(4.0 / 6, result.Effect.Estimate, 1e-12);
        Assert.Equal(5, result.Effect.DegreesOfFreedom);
    }

    /// <summary>
    /// Users of very different activity look at ten items, seldom beyond the first. Both recommenders see what a user likes through noise, the second through less of it. The A/B test is planned
    /// for 80% power on clicks per user with the true difference and variance; interleaving gets a tenth of its users.
    /// </summary>
    [Fact]
    public void Interleaving_WithATenthOfTheUsers_FindsTheBetterAsOften()
    {
        const int runs = 100;
        var pilot = new ClickSimulator(seed: 1).CompareArms(users: 50_000);
        var planned = new SampleSize().FixedHorizon(pilot.Variance, pilot.Difference);
        var users = (int)(planned / 10);
        var (interleaved, wrong, split) = (0, 0, 0);
        for (var run = 0; run < runs; run++)
        {
            var shop = new ClickSimulator(seed: 100 + run);
            var effect = InterleavingResult.Of(shop.Interleave(users)).Effect.FixedHorizon();
            interleaved += effect.Low > 0 ? 1 : 0;
            wrong += effect.High < 0 ? 1 : 0;
            split += shop.SplitArms(users).FixedHorizon().Low > 0 ? 1 : 0;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"A/B: {planned} users for 80%; interleaving with {users} finds the better in {interleaved} of {runs}, the worse in {wrong}; A/B with {users} in {split}"));
        Assert.InRange(interleaved, 0.8 * runs, runs);
        Assert.Equal(0, wrong);
        Assert.InRange(split, 0, 0.4 * runs);
    }
}
