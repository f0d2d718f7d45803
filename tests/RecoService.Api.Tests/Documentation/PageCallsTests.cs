using System.Text.Json;
using RecoService.Api.Tests.Architecture;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;

namespace RecoService.Api.Tests.Documentation;

/// <summary>The calls that the pages show work as they stand on the demo shop, and are answered as the pages say.</summary>
public sealed class PageCallsTests(DemoService demo) : IClassFixture<DemoService>
{
    private static readonly TimeSpan TrainingDeadline = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task FirstStart_DemoShop_TrainsAModelTwiceAsGoodAsPopularity()
    {
        var run = await FirstRunAsync();

        RetrainTests.AssertEnded(run, "published", null);
        Assert.Equal("startup", run.GetProperty("trigger").GetString());
        var metrics = run.GetProperty("metrics");
        Assert.True(Ndcg(metrics, "candidate") >= 2 * Ndcg(metrics, "popularity"), metrics.ToString());
    }

    [Fact]
    public async Task Readme_CallsInItsOrder_AreAnsweredAsItSays()
    {
        await FirstRunAsync();
        var answers = new List<JsonElement>();
        foreach (var line in CurlLine.In(Repository.Read("README.md")))
        {
            var answer = JsonElement.Parse(await AnswerAsync(line));
            Assert.NotNull(line.Answer);
            AssertSameShape(JsonElement.Parse(line.Answer), answer, line.Text);
            answers.Add(answer);
        }

        Assert.Equal(4, answers.Count);
        Assert.Contains(Items(answers[0]), item => item.GetProperty("itemId").GetString() == "item-0024");
        // Which recommender the run picks, and so what the sources are called, is the machine's; that one click changes the list is not.
        Assert.NotEqual(IdsOf(answers[0]), IdsOf(answers[2]));
        Assert.All(Items(answers[2]), item => Assert.NotEqual("popularity", item.GetProperty("source").GetString()));
        Assert.DoesNotContain(Items(answers[2]), item => item.GetProperty("itemId").GetString() == "item-0024");
    }

    [Theory]
    [InlineData("docs/api.md", 18)]
    [InlineData("docs/placements.md", 11)]
    [InlineData("docs/rules.md", 5)]
    [InlineData("docs/filters.md", 1)]
    [InlineData("docs/operating.md", 7)]
    [InlineData("docs/profiles.md", 2)]
    public async Task Page_CallsInItsOrder_Succeed(string page, int calls)
    {
        await FirstRunAsync();
        var lines = CurlLine.In(Repository.Read(page));
        Assert.Equal(calls, lines.Count);
        foreach (var line in lines)
            Assert.NotNull(await AnswerAsync(line));
    }

    private Task<JsonElement> FirstRunAsync() => demo.Service.Admin.WaitForRunAsync("/admin/runs/1", TrainingDeadline);

    private async Task<string> AnswerAsync(CurlLine line)
    {
        using var request = line.ToRequest(demo.Service.Address);
        using var response = await demo.Service.Admin.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{line.Text}{Environment.NewLine}{(int)response.StatusCode} {text}");
        return text;
    }

    /// <summary>The same members in the same order, and values of the same kinds; the values themselves are the day's.</summary>
    private static void AssertSameShape(JsonElement shown, JsonElement real, string where)
    {
        Assert.True(shown.ValueKind == real.ValueKind, $"{where}: {shown} is shown, and {real} comes.");
        if (shown.ValueKind == JsonValueKind.Object)
        {
            Assert.Equal(shown.EnumerateObject().Select(member => member.Name), real.EnumerateObject().Select(member => member.Name));
            foreach (var member in shown.EnumerateObject())
                AssertSameShape(member.Value, real.GetProperty(member.Name), $"{where}: {member.Name}");
        }
        else if (shown.ValueKind == JsonValueKind.Array)
        {
            Assert.Equal(shown.GetArrayLength(), real.GetArrayLength());
            foreach (var (first, second) in shown.EnumerateArray().Zip(real.EnumerateArray()))
                AssertSameShape(first, second, where);
        }
    }

    private static IEnumerable<JsonElement> Items(JsonElement list) => list.GetProperty("items").EnumerateArray();

    private static IEnumerable<string?> IdsOf(JsonElement list) => Items(list).Select(item => item.GetProperty("itemId").GetString());

    private static double Ndcg(JsonElement metrics, string model) => metrics.GetProperty(model).GetProperty("ndcg").GetDouble();
}
