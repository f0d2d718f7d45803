using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Retraining;

/// <summary>The commands <c>train</c> and <c>health</c> beside a running service.</summary>
public sealed class TrainCommandTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Train_BesideARunningService_IsPickedUpByIt(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await RetrainTests.StartFilledAsync(database);

        await using var train = ServiceProcess.Start(["train", .. ServiceProcess.ServeWords(database, TasteShop.QuickTraining)]);
        await train.WaitForExitAsync();

        Assert.True(train.ExitCode == 0, train.Output);
        Assert.Contains("published", train.Output, StringComparison.Ordinal);
        Assert.Contains("nDCG@10", train.Output, StringComparison.Ordinal);
        Assert.Contains("popularity", train.Output, StringComparison.Ordinal);
        Assert.Contains("300 users", train.Output, StringComparison.Ordinal);
        var run = (await service.Admin.GetJsonAsync("/admin/runs")).GetProperty("items")[0];
        Assert.Equal(("command", "published"), (run.GetProperty("trigger").GetString(), run.GetProperty("outcome").GetString()));
        await Wait.UntilAsync(async () =>
        {
            var version = (await service.Storefront.GetJsonAsync("/recommendations/user-000")).GetProperty("modelVersion");
            return version.ValueKind != System.Text.Json.JsonValueKind.Null && version.GetInt32() == RetrainTests.Version(run);
        }, "the service serves what the command published");
    }

    [Fact]
    public async Task Train_Refused_EndsWithOneAndSaysWhy()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var train = ServiceProcess.Start(["train", .. ServiceProcess.ServeWords(database)]);
        await train.WaitForExitAsync();

        Assert.Equal(1, train.ExitCode);
        Assert.Contains("no interactions to learn from", train.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_ServiceThatAnswersAndOneThatDoesNot_EndsWithZeroAndOne()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        string url;
        await using (var service = await TestService.StartAsync(database))
        {
            url = new Uri(service.Address, "/health/ready").ToString();
            await using var well = ServiceProcess.Start("health", "--url", url);
            await well.WaitForExitAsync();
            Assert.True(well.ExitCode == 0, well.Output);
            Assert.Contains("ready", well.Output, StringComparison.Ordinal);
        }

        await using var wrong = ServiceProcess.Start("health", "--url", "localhost");
        await wrong.WaitForExitAsync();
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("is no http address", wrong.Output, StringComparison.Ordinal);
        await using var gone = ServiceProcess.Start("health", "--url", url);
        await gone.WaitForExitAsync();
        Assert.Equal(1, gone.ExitCode);
    }
}
