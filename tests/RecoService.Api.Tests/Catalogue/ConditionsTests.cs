using System.Net;
using System.Text;
using System.Text.Json;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Catalogue;

/// <summary>Entity tags of items and users: nobody overwrites what they have not seen. Every test has records of its own.</summary>
public sealed class ConditionsTests(SharedServices services) : IClassFixture<SharedServices>
{
    private const string One = """{ "attributes": { "a": 1 } }""";
    private const string Two = """{ "attributes": { "a": 2 } }""";

    private static async Task<(HttpStatusCode Status, string? Tag, string Body)> SendAsync(TestService service, string method, string path, string? body = null, string? ifMatch = null, string? ifNoneMatch = null)
    {
        using var request = Refusal.Request(service, method, path, body is null ? null : Encoding.UTF8.GetBytes(body), body is null ? null : "application/json");
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (ifNoneMatch is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        using var response = await service.Admin.SendAsync(request);
        return (response.StatusCode, response.Headers.ETag?.ToString(), await response.Content.ReadAsStringAsync());
    }

    private static async Task<string> PutAsync(TestService service, string path, string body)
    {
        var (status, tag, text) = await SendAsync(service, "PUT", path, body);
        Assert.True(status is HttpStatusCode.Created or HttpStatusCode.OK, text);
        return tag!;
    }

    public static TheoryData<StorageProvider, string> Records => new()
    {
        { StorageProvider.Sqlite, "items" }, { StorageProvider.Postgres, "items" }, { StorageProvider.Sqlite, "users" }, { StorageProvider.Postgres, "users" },
    };

    [Theory]
    [MemberData(nameof(Records))]
    public async Task Tag_OfARecord_IsTheSameUntilItChanges(StorageProvider provider, string what)
    {
        var service = await services.OnAsync(provider);
        var path = $"/{what}/tagged";
        var first = await PutAsync(service, path, One);
        Assert.Matches("^\"[0-9a-f]+\"$", first);

        Assert.Equal((HttpStatusCode.OK, first), ((await SendAsync(service, "GET", path)) is var read ? (read.Status, read.Tag) : default));
        var unchanged = await SendAsync(service, "GET", path, ifNoneMatch: first);
        Assert.Equal((HttpStatusCode.NotModified, first, ""), unchanged);
        Assert.Equal(HttpStatusCode.NotModified, (await SendAsync(service, "GET", path, ifNoneMatch: $"\"other\", W/{first}")).Status);
        Assert.Equal(HttpStatusCode.NotModified, (await SendAsync(service, "GET", path, ifNoneMatch: "*")).Status);
        Assert.Equal(HttpStatusCode.NotModified, (await SendAsync(service, "HEAD", path, ifNoneMatch: first)).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(service, "GET", path, ifMatch: first)).Status);

        var second = (await SendAsync(service, "PATCH", path, Two)).Tag;
        Assert.NotEqual(first, second);
        var changed = await SendAsync(service, "GET", path, ifNoneMatch: first);
        Assert.Equal((HttpStatusCode.OK, second), (changed.Status, changed.Tag));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync(service, "GET", path, ifMatch: first)).Status);

        await SendAsync(service, "DELETE", path);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(service, "GET", path, ifNoneMatch: "*")).Status);
        Assert.NotEqual(first, await PutAsync(service, path, One));
    }

    [Theory]
    [MemberData(nameof(Records))]
    public async Task Write_WithIfMatch_IsDoneOnlyOnTheStateItNames(StorageProvider provider, string what)
    {
        var service = await services.OnAsync(provider);
        var path = $"/{what}/matched";
        var stale = await PutAsync(service, path, One);
        var current = await PutAsync(service, path, Two);
        var before = await service.Admin.GetStringAsync(path);

        foreach (var (method, body) in new[] { ("PUT", One), ("PATCH", One), ("DELETE", null) })
        {
            foreach (var wrong in new[] { stale, $"W/{current}", "\"other\"", $"{stale}, \"other\"" })
            {
                var (status, _, text) = await SendAsync(service, method, path, body, ifMatch: wrong);
                Assert.Equal(HttpStatusCode.PreconditionFailed, status);
                Assert.Contains("Nothing was changed", text, StringComparison.Ordinal);
                Assert.Equal(current, JsonElement.Parse(text).GetProperty("etag").GetString());
            }

            Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync(service, method, path, body, ifNoneMatch: current)).Status);
        }

        Assert.Equal(before, await service.Admin.GetStringAsync(path));
        foreach (var (method, body) in new[] { ("PUT", One), ("PATCH", Two), ("PUT", Two), ("DELETE", null) })
        {
            var (status, tag, text) = await SendAsync(service, method, path, body, ifMatch: method == "PATCH" ? $"\"other\", {current}" : body == Two ? "*" : current);
            Assert.True((int)status is 200 or 202 or 204, text);
            current = tag ?? current;
        }

        // There is nothing to change, which a PATCH or DELETE says whatever is demanded; a PUT would create it, and must not.
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(service, "PATCH", path, One, ifMatch: current)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(service, "DELETE", path, ifMatch: "*")).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync(service, "PUT", path, One, ifMatch: "*")).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync(service, "PUT", path, One, ifMatch: current)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(service, "GET", path)).Status);
    }

    [Theory]
    [MemberData(nameof(Records))]
    public async Task Put_OnlyToCreate_LeavesWhatIsThere(StorageProvider provider, string what)
    {
        var service = await services.OnAsync(provider);
        var path = $"/{what}/created";

        Assert.Equal(HttpStatusCode.Created, (await SendAsync(service, "PUT", path, One, ifNoneMatch: "*")).Status);
        var before = await service.Admin.GetStringAsync(path);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync(service, "PUT", path, Two, ifNoneMatch: "*")).Status);
        Assert.Equal(before, await service.Admin.GetStringAsync(path));
        await SendAsync(service, "DELETE", path);
        Assert.Equal(HttpStatusCode.Created, (await SendAsync(service, "PUT", path, Two, ifNoneMatch: "*")).Status);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Item_ThatOnlyInteractionsName_HasATagAndNoRecordYet(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "named", kind = "view" });

        var (status, tag, _) = await SendAsync(service, "GET", "/items/named");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(HttpStatusCode.Created, (await SendAsync(service, "PUT", "/items/named", One, ifMatch: tag, ifNoneMatch: "*")).Status);
    }

    /// <summary>The check is in the transaction of the write: of many who saw the same state one wins, round after round, and none is lost.</summary>
    [Theory]
    [MemberData(nameof(Records))]
    public async Task Writers_WithTheSameTag_ExactlyOneWins(StorageProvider provider, string what)
    {
        const int writers = 8;
        var service = await services.OnAsync(provider);
        var path = $"/{what}/contested";
        var created = await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => SendAsync(service, "PUT", path, One, ifNoneMatch: "*")));
        Assert.Single(created, answer => answer.Status == HttpStatusCode.Created);
        Assert.Equal(writers - 1, created.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed));

        for (var round = 0; round < 5; round++)
        {
            var tag = (await SendAsync(service, "GET", path)).Tag;
            var answers = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer =>
                SendAsync(service, writer % 2 == 0 ? "PATCH" : "PUT", path, $$"""{ "attributes": { "round": {{round}}, "writer": {{writer}} } }""", ifMatch: tag)));

            var won = Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
            Assert.Equal(writers - 1, answers.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed));
            Assert.Equal(won.Tag, (await SendAsync(service, "GET", path)).Tag);
        }

        var last = (await SendAsync(service, "GET", path)).Tag;
        var erased = await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => SendAsync(service, "DELETE", path, ifMatch: last)));
        Assert.Single(erased, answer => answer.Status is HttpStatusCode.NoContent or HttpStatusCode.Accepted);
        Assert.All(erased, answer => Assert.True(answer.Status is HttpStatusCode.NoContent or HttpStatusCode.Accepted or HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("\"7")]
    [InlineData("\"7\" \"8\"")]
    [InlineData("\"7\", x")]
    public async Task Header_ThatIsNoListOfTags_IsRefusedAndChangesNothing(string header)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        await Refusal.SeedAsync(service);
        var before = await Refusal.StateOfAsync(service);

        foreach (var path in new[] { "/items/seed-item", "/users/seed" })
        {
            foreach (var (method, body) in new[] { ("GET", null), ("PUT", Two), ("PATCH", Two), ("DELETE", null) })
            {
                foreach (var (name, answer) in new[] { ("If-Match", await SendAsync(service, method, path, body, ifMatch: header)), ("If-None-Match", await SendAsync(service, method, path, body, ifNoneMatch: header)) })
                {
                    Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{method} {path} {name}: {answer}");
                    Assert.Contains($"\"{name}\":[\"must be * or entity tags", answer.Body, StringComparison.Ordinal);
                }
            }
        }

        Assert.Equal(before, await Refusal.StateOfAsync(service));
    }
}
