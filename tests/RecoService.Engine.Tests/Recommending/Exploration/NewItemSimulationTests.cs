using System.Globalization;
using RecoService.Engine.Recommending.Exploration;

namespace RecoService.Engine.Tests.Recommending.Exploration;

/// <summary>What exploring is for: the shop learns in time which new items are good.</summary>
public sealed class NewItemSimulationTests(ITestOutputHelper output)
{
    private const int Shops = 4;
    private const int Days = 25;
    private const double Reached = 0.9;

    /// <summary>Of the chart, which nobody waits for.</summary>
    private const int ManyShops = 80;
    private const int ManyDays = 75;

    private static readonly ExplorationOptions Normal = new() { Share = 0.3 };

    [Fact]
    public void NewItems_WithExploration_ReachTheirRankInAThirdOfTheDays()
    {
        if (Environment.GetEnvironmentVariable("RECO_WRITE_DOCS") == "1")
            WriteChart();
        var (with, clicksWith) = MeanOf(Normal with { Policy = ExplorationPolicy.Thompson }, Shops, Days);
        var (without, clicksWithout) = MeanOf(null, Shops, 3 * Days);

        Tell("with", with, clicksWith);
        Tell("without", without, clicksWithout);
        var day = NewItemSimulator.DayOf(with, Reached);
        Assert.InRange(day, 2, Days);
        Assert.True(NewItemSimulator.DayOf(without, Reached) >= 3 * day, $"{NewItemSimulator.DayOf(without, Reached)} days without exploration, {day} with it");
        // What exploring costs is paid back by what it finds.
        Assert.InRange(clicksWith / clicksWithout, 0.97, 1.1);
    }

    /// <summary>The default, whose beliefs are nearly those of the other: after ten days new items are where they are after three times as many without exploring, and nothing is lost meanwhile.</summary>
    [Fact]
    public void NewItems_WithNormalBeliefs_AreKnownInAThirdOfTheDays()
    {
        const int days = 10;
        var (with, clicksWith) = MeanOf(Normal, 3 * Shops, days);
        var (without, clicksWithout) = MeanOf(null, 3 * Shops, 3 * days);

        Tell("with", with, clicksWith);
        Tell("without", without, clicksWithout);
        Assert.True(with[^1] >= without[^1], $"{with[^1]:0.00} after {days} days with exploration, {without[^1]:0.00} after {3 * days} without");
        Assert.InRange(clicksWith / clicksWithout, 0.97, 1.1);
    }

    [Fact]
    public void Simulation_OfOneSeed_IsTheSameAgain()
    {
        var options = new ExplorationOptions { Policy = ExplorationPolicy.Boltzmann };

        Assert.Equal(new NewItemSimulator(3).Run(options, 5).Progress, new NewItemSimulator(3).Run(options, 5).Progress);
        Assert.NotEqual(new NewItemSimulator(3).Run(options, 5).Progress, new NewItemSimulator(3).Run(null, 5).Progress);
    }

    private void WriteChart()
    {
        var lines = new List<(string, double[])>();
        foreach (var (name, exploration) in new (string, ExplorationOptions?)[] { ("Thompson sampling", Normal), ("with Beta beliefs", Normal with { Policy = ExplorationPolicy.Thompson }), ("epsilon-greedy 0.1", Normal with { Policy = ExplorationPolicy.EpsilonGreedy }), ("no exploration", null) })
        {
            var (progress, clicks) = MeanOf(exploration, ManyShops, ManyDays);
            Tell(name, progress, clicks);
            output.WriteLine($"{name} reaches {Reached} on day {NewItemSimulator.DayOf(progress, Reached)}");
            lines.Add((name, progress));
        }

        var (late, _) = MeanOf(null, ManyShops, 2 * ManyDays);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"no exploration, day {late.Length}: {late[^1]:0.00}"));

        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder!.FullName, "docs", "charts")))
            folder = folder.Parent;
        File.WriteAllText(
            Path.Combine(folder.FullName, "docs", "charts", "exploration.svg"),
            ProgressChart.Write("How far good new items have come to their true rank", $"mean of {ManyShops} simulated shops, by days since the items arrived; 1 is all the way", lines));
    }

    private void Tell(string name, double[] progress, double clicks) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name}: {string.Join(' ', progress.Where((_, day) => day % 5 == 4).Select((value, fifth) => $"day {5 * (fifth + 1)} {value:0.00}"))}; {clicks:0.000} clicks a visit"));

    /// <summary>Over shops whose items, visitors and clicks differ.</summary>
    private static (double[] Progress, double ClicksAVisit) MeanOf(ExplorationOptions? exploration, int shops, int days)
    {
        var runs = Enumerable.Range(1, shops).AsParallel().AsOrdered().Select(seed => new NewItemSimulator(seed).Run(exploration, days)).ToList();
        // A shop whose new items are all worse than the others has nobody to bring forward.
        var telling = runs.FindAll(run => !double.IsNaN(run.Progress[0]));
        return ([.. Enumerable.Range(0, days).Select(day => telling.Average(run => run.Progress[day]))], runs.Average(run => run.ClicksAVisit));
    }
}
