using System.Globalization;
using FsCheck.Xunit;
using RecoService.Engine.Experiments;

namespace RecoService.Engine.Tests.Experiments;

public sealed class TrafficTests
{
    private const int Users = 50_000;

    /// <summary>Computed from the definition in another language; if one changes, every running experiment reassigns its users.</summary>
    [Theory]
    [InlineData("exp-1", "u1", 0.740390185467806)]
    [InlineData("exp-1", "u2", 0.8423904058025146)]
    [InlineData("exp-2", "u1", 0.1283740636066062)]
    [InlineData("été", "用户😀", 0.6687634041381654)]
    [InlineData("", "", 0.4304816492364817)]
    public void UserHash_OfKnownIds_IsTheSameForEver(string salt, string userId, double expected) => Assert.Equal(expected, UserHash.Of(salt, userId));

    /// <summary>Who is in a layer that has one experiment for everybody needs no hash.</summary>
    [Fact]
    public void NameOf_OneRangeOfAll_IsEverybodys()
    {
        var all = new Traffic("salt", [new TrafficRange("one", 0, 1)]);
        var half = new Traffic("salt", [new TrafficRange("one", 0, 0.5)]);

        Assert.All(Enumerable.Range(0, 200), user => Assert.Equal(all.NameAt(UserHash.Of("salt", $"{user}")), all.NameOf($"{user}")));
        Assert.All(Enumerable.Range(0, 200), user => Assert.Equal(half.NameAt(UserHash.Of("salt", $"{user}")), half.NameOf($"{user}")));
        Assert.Contains(Enumerable.Range(0, 200), user => half.NameOf($"{user}") is null);
    }

    [Fact]
    public void UserHash_OfALongId_NeedsNoBound() => Assert.InRange(UserHash.Of("salt", new string('用', 5000)), 0, 1);

    [Fact]
    public void UserHash_OfASaltWithAZero_IsRefused() => Assert.Throws<ArgumentException>(() => UserHash.Of("a\0b", "u"));

    [Property]
    public bool UserHash_LiesInTheUnitInterval(string id) => id is null || UserHash.Of("salt", id) is >= 0 and < 1;

    /// <summary>Ids that count up, as those of shops do, in 100 cells of equal size; the hash is fixed, so the p is too.</summary>
    [Theory]
    [InlineData("a")]
    [InlineData("layer-1")]
    [InlineData("layer-2")]
    public void UserHash_OfCountedIds_IsUniform(string salt)
    {
        var cells = new long[100];
        for (var user = 0; user < Users; user++)
            cells[(int)(100 * UserHash.Of(salt, user.ToString(CultureInfo.InvariantCulture)))]++;

        Assert.InRange(SampleRatio.P(cells, [.. Enumerable.Repeat(1.0, 100)]), 0.01, 1);
    }

    [Theory]
    [InlineData("experiment-1", "experiment-2")]
    [InlineData("a", "b")]
    [InlineData("home", "home-")]
    public void UserHash_UnderTwoSalts_IsIndependent(string first, string second)
    {
        var cells = new long[100];
        for (var user = 0; user < Users; user++)
        {
            var id = user.ToString(CultureInfo.InvariantCulture);
            cells[((int)(10 * UserHash.Of(first, id)) * 10) + (int)(10 * UserHash.Of(second, id))]++;
        }

        Assert.InRange(SampleRatio.P(cells, [.. Enumerable.Repeat(1.0, 100)]), 0.01, 1);
    }

    [Fact]
    public void OfShares_DealsUsersByTheShares()
    {
        var traffic = Traffic.OfShares("experiment", [("control", 2), ("more", 1), ("most", 1)]);
        var counts = Enumerable.Range(0, Users).GroupBy(user => traffic.NameOf($"user-{user}")!).ToDictionary(group => group.Key, group => (long)group.Count());

        Assert.Equal([new TrafficRange("control", 0, 0.5), new TrafficRange("more", 0.5, 0.75), new TrafficRange("most", 0.75, 1)], traffic.Ranges);
        Assert.InRange(SampleRatio.P([counts["control"], counts["more"], counts["most"]], [0.5, 0.25, 0.25]), 0.01, 1);
    }

    [Property]
    public bool OfShares_LeavesNobodyOut(byte[] shares, double position)
    {
        if (shares is not { Length: > 0 } || !double.IsFinite(position))
            return true;
        var traffic = Traffic.OfShares("s", [.. shares.Select((share, nth) => ($"v{nth}", share + 0.1))]);
        return traffic.NameAt(Math.Abs(position) % 1) is not null && traffic.NameAt(0) == "v0" && traffic.NameAt(Math.BitDecrement(1.0)) == $"v{shares.Length - 1}";
    }

    [Fact]
    public void Layer_GivesAUserToOneExperimentOrToNone()
    {
        var layer = new Traffic("layer", [new TrafficRange("late", 0.5, 0.8), new TrafficRange("early", 0, 0.3)]);

        Assert.Equal("early", layer.NameAt(0));
        Assert.Null(layer.NameAt(0.3));
        Assert.Equal("late", layer.NameAt(0.5));
        Assert.Null(layer.NameAt(0.8));
        Assert.Equal(0.4, Enumerable.Range(0, Users).Count(user => layer.NameOf($"{user}") is null) / (double)Users, 0.01);
    }

    /// <summary>More traffic for an experiment keeps the users that it has.</summary>
    [Fact]
    public void Layer_ThatGivesMore_MovesNobodyOut()
    {
        var small = new Traffic("layer", [new TrafficRange("one", 0, 0.1)]);
        var large = new Traffic("layer", [new TrafficRange("one", 0, 0.3)]);

        foreach (var id in Enumerable.Range(0, 2000).Select(user => $"{user}").Where(id => small.NameOf(id) is not null))
            Assert.Equal("one", large.NameOf(id));
    }

    [Fact]
    public void Ranges_ThatDoNotFit_AreNamed()
    {
        Assert.Contains("'a' (0 to 0.5) and 'b' (0.4 to 1) overlap", Refusal(new TrafficRange("b", 0.4, 1), new TrafficRange("a", 0, 0.5)), StringComparison.Ordinal);
        Assert.Contains("'a' stands twice", Refusal(new TrafficRange("a", 0, 0.1), new TrafficRange("a", 0.2, 0.3)), StringComparison.Ordinal);
        Assert.Contains("'a' has 0.5 to 0.5", Refusal(new TrafficRange("a", 0.5, 0.5)), StringComparison.Ordinal);
        Assert.Contains("'a' has 0 to 1.1", Refusal(new TrafficRange("a", 0, 1.1)), StringComparison.Ordinal);
        Assert.Contains("'a' has NaN", Refusal(new TrafficRange("a", double.NaN, 1)), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Traffic.OfShares("s", []));
        Assert.Throws<ArgumentException>(() => Traffic.OfShares("s", [("a", 0)]));

        static string Refusal(params TrafficRange[] ranges) => Assert.Throws<ArgumentException>(() => new Traffic("s", ranges)).Message;
    }
}
