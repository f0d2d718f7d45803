using System.Net;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Console.Tests.Pages;

/// <summary>A session is one on every replica and after a restart, because its keys lie in the store and not in a folder of a machine.</summary>
public sealed class SharedSessionTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Session_OfOneReplica_HoldsOnAnotherAndAfterARestartAndNotOnAnotherShop(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        string cookies;
        await using (var one = await TestService.StartAsync(database, [ConsoleServices.ManyTries]))
        await using (var other = await TestService.StartAsync(database, [ConsoleServices.ManyTries]))
        {
            using var visitor = await ConsoleVisitor.LogInAsync(one, TestService.AdminKey);
            cookies = visitor.Cookies.GetCookieHeader(one.Address);
            Assert.Equal(HttpStatusCode.OK, await StatusWithAsync(one, cookies));
            Assert.Equal(HttpStatusCode.OK, await StatusWithAsync(other, cookies));
            var key = Assert.Single(await other.Shop.Store.SessionKeys.LoadAsync(TestContext.Current.CancellationToken));
            Assert.Contains("<key", key.Xml, StringComparison.Ordinal);
        }

        await using (var restarted = await TestService.StartAsync(database))
            Assert.Equal(HttpStatusCode.OK, await StatusWithAsync(restarted, cookies));
        // The same keys of the API, in the same home folder, with another store.
        await using var elsewhere = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var stranger = await TestService.StartAsync(elsewhere);
        Assert.Equal(HttpStatusCode.Redirect, await StatusWithAsync(stranger, cookies));
    }

    [Fact]
    public async Task Start_WithTheStoreAway_IsNotHeldUpByKeysOfSessions()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartUnreadyAsync(
            database, ["--Reco:Storage:Provider=Postgres", "--Reco:Storage:ConnectionString=Host=127.0.0.1;Port=1;Database=none;Username=none;Password=none"]);

        using var live = await service.Anonymous.GetAsync("/health/live");
        using var page = await service.Anonymous.GetAsync("/console/log-in");

        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
    }

    private static async Task<HttpStatusCode> StatusWithAsync(TestService service, string cookies)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false };
        using var client = new HttpClient(handler) { BaseAddress = service.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/console");
        request.Headers.Add("Cookie", cookies);
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
