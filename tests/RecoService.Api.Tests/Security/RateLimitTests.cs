using System.Net;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Security;

public sealed class RateLimitTests
{
    [Fact]
    public async Task Requests_BeyondAKeysLimit_Are429WithRetryAfterAndOtherKeysGoOn()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Security:ApiKeys:1:RequestsPerSecond=3"]);
        HttpResponseMessage? refused = null;
        for (var request = 0; request < 10_000 && refused is null; request++)
        {
            var response = await service.Storefront.GetAsync("/recommendations/u");
            if (response.StatusCode == HttpStatusCode.OK)
                response.Dispose();
            else
                refused = response;
        }

        Assert.NotNull(refused);
        using (refused)
        {
            var problem = await Refusal.ReadProblemAsync(refused, HttpStatusCode.TooManyRequests);
            Assert.Contains("The key 'storefront' has made more requests than its RequestsPerSecond", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        }

        for (var request = 0; request < 20; request++)
        {
            await service.Admin.GetJsonAsync("/recommendations/u");
            using var health = await service.Storefront.GetAsync("/health/ready");
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        }

        // A second later the key may go on.
        await Wait.UntilAsync(async () =>
        {
            using var response = await service.Storefront.GetAsync("/recommendations/u");
            return response.StatusCode == HttpStatusCode.OK;
        }, "the key has requests again");
    }
}
