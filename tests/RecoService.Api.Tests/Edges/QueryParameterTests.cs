using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using RecoService.Api.Http;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Edges;

public sealed class DocumentedServices : SharedServices
{
    protected override string[] Settings => ["--Reco:Swagger:Enabled=true"];
}

/// <summary>A parameter that no call knows is refused on every endpoint the running service has, and one that is documented is not.</summary>
public sealed class QueryParameterTests(DocumentedServices services) : IClassFixture<DocumentedServices>
{
    private const string Unknown = "is not a parameter of this call";

    private static async Task<ILookup<string, (string Name, bool IsRepeatable)>> DocumentedAsync(TestService service)
    {
        var document = await service.Anonymous.GetJsonAsync("/swagger/v1/swagger.json");
        return (from path in document.GetProperty("paths").EnumerateObject()
                from operation in path.Value.EnumerateObject()
                where operation.Value.TryGetProperty("parameters", out _)
                from parameter in operation.Value.GetProperty("parameters").EnumerateArray()
                where parameter.GetProperty("in").GetString() == "query"
                select (Call: operation.Value.GetProperty("operationId").GetString()!, Name: parameter.GetProperty("name").GetString()!,
                    IsRepeatable: parameter.GetProperty("schema").GetProperty("type").GetString() == "array"))
            .ToLookup(parameter => parameter.Call, parameter => (parameter.Name, parameter.IsRepeatable), StringComparer.Ordinal);
    }

    private static async Task<JsonElement> RefusedAsync(TestService service, Call call, string query)
    {
        using var request = call.ToRequest(service, query);
        using var response = await service.Admin.SendAsync(request);
        return await Refusal.ReadProblemAsync(response, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("?without=item-1", "without")]
    [InlineData("?shelf=mugs", "shelf")]
    [InlineData("?n=5", "n")]
    [InlineData("?n", "n")]
    [InlineData("?=5", "(empty name)")]
    [InlineData("?%00=5", "\\u0000")]
    [InlineData("?LIMIT=5", "LIMIT")]
    [InlineData("?%6Eame=x", "name")]
    [InlineData("?user=a&itemId=b", "user")]
    public async Task EveryEndpoint_UnknownParameter_Is400WithItsNameAndChangesNothing(string query, string name)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        await Refusal.SeedAsync(service);
        var before = await Refusal.StateOfAsync(service);

        foreach (var call in Call.AllOf(service))
            Refusal.AssertNames(await RefusedAsync(service, call, query), name, Unknown);

        Assert.Equal(before, await Refusal.StateOfAsync(service));
    }

    [Fact]
    public async Task EveryEndpoint_ParameterInItsDocument_IsKnownOnceAndTwiceOnlyWhereItIsAList()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        var documented = await DocumentedAsync(service);
        Assert.True(documented.Count >= 10, $"Only {documented.Count} calls with parameters were found.");

        foreach (var call in Call.AllOf(service))
        {
            var refused = (await RefusedAsync(service, call, "?nonsense=1")).GetProperty("errors").GetProperty("nonsense")[0].GetString()!;
            foreach (var (name, isRepeatable) in documented[call.Name])
            {
                Assert.Contains(name, refused, StringComparison.Ordinal);
                using var request = call.ToRequest(service, $"?{name}=a");
                using var response = await service.Admin.SendAsync(request);
                Assert.DoesNotContain(Unknown, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);

                using var twice = call.ToRequest(service, $"?{name}=a&{name}=b");
                using var answer = await service.Admin.SendAsync(twice);
                Assert.Equal(!isRepeatable, (await answer.Content.ReadAsStringAsync()).Contains("stands 2 times; give it once", StringComparison.Ordinal));
            }
        }
    }

    [Theory]
    [InlineData("/recommendations/u?limits=5", "limits", "did you mean limit? known are allowConsumed, category, exclude, explain, filter, include, limit, maxPrice, minPrice")]
    [InlineData("/recommendations/u?Limit=5", "Limit", "did you mean limit?")]
    [InlineData("/recommendations/u?limit=5&limit=6", "limit", "stands 2 times; give it once")]
    [InlineData("/recommendations/u?limit=5&limit=5", "limit", "stands 2 times; give it once")]
    [InlineData("/items?curser=x", "curser", "did you mean cursor? known are cursor, limit")]
    [InlineData("/items?offset=5", "offset", "this call; known are cursor, limit")]
    [InlineData("/health/live?verbose", "verbose", "this call takes none")]
    [InlineData("/admin/status?x=1", "x", "this call takes none")]
    [InlineData("/users/seed/profile?limit=5", "limit", "this call takes none")]
    [InlineData("/items/seed-item/profile?days=7", "days", "this call takes none")]
    public async Task UnknownParameter_OfACall_IsAnsweredWithThoseThatExist(string path, string name, string reason)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        Refusal.AssertNames(await Refusal.SendAsync(service, "GET", path, null, null, HttpStatusCode.BadRequest), name, reason);
    }

    [Fact]
    public async Task UnknownParameters_Several_AreAllNamed()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var problem = await Refusal.SendAsync(service, "POST", "/recommendations/session?limit=5&exclude=a", "{}"u8.ToArray(), "application/json", HttpStatusCode.BadRequest);

        Refusal.AssertNames(problem, "limit", "takes its fields in the body");
        Refusal.AssertNames(problem, "exclude", "takes its fields in the body");
    }

    [Fact]
    public async Task UnknownParameters_AThousand_AreRefusedInAShortAnswer()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var problem = await Refusal.SendAsync(
            service, "GET", "/items?" + string.Join('&', Enumerable.Range(0, 1000).Select(position => $"p{position}=1")), null, null, HttpStatusCode.BadRequest);

        Assert.Equal(100, problem.GetProperty("errors").EnumerateObject().Count());
        Assert.StartsWith("1000 faults", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/recommendations/u?")]
    [InlineData("/recommendations/u?&&")]
    [InlineData("/recommendations/u?limit=5&")]
    public async Task Query_WithNothingUnknownInIt_IsAnswered(string path)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        await service.Storefront.GetJsonAsync(path);
    }

    /// <summary>Binding says what is wrong in the framework's words, and only the first fault: a type that it could refuse needs an expectation of its own.</summary>
    [Fact]
    public async Task EveryEndpoint_ParameterThatBindingCouldRefuse_HasAnExpectation()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var bound = service.Get<EndpointDataSource>().Endpoints.SelectMany(endpoint => endpoint.Metadata.OfType<IParameterBindingMetadata>())
            .Where(parameter => parameter.HasTryParse && parameter.ParameterInfo.ParameterType is var type && type != typeof(PathId) && type != typeof(string) && type != typeof(string[])).Select(parameter => parameter.ParameterInfo.ParameterType).ToHashSet();

        Assert.Contains(typeof(int), bound);
        Assert.All(bound, type => Assert.NotNull(ParameterValue.Of(type)));
    }

    [Fact]
    public async Task SeveralParameters_OfOtherTypes_AreAllNamed()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var request = Refusal.Request(service, "GET", "/items?limit=abc&nonsense=1&cursor=a&cursor=b", null, null);

        using var response = await service.Admin.SendAsync(request);

        var errors = (await Refusal.ReadProblemAsync(response, System.Net.HttpStatusCode.BadRequest)).GetProperty("errors");
        Assert.Equal("must be a whole number", errors.GetProperty("limit")[0].GetString());
        Assert.StartsWith("is not a parameter of this call", errors.GetProperty("nonsense")[0].GetString(), StringComparison.Ordinal);
        Assert.StartsWith("stands 2 times", errors.GetProperty("cursor")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(int), "7", true)]
    [InlineData(typeof(int), " 7 ", true)]
    [InlineData(typeof(int), "-7", true)]
    [InlineData(typeof(int?), "2147483648", false)]
    [InlineData(typeof(long), "2147483648", true)]
    [InlineData(typeof(long), "1.0", false)]
    [InlineData(typeof(int), "", false)]
    [InlineData(typeof(int), null, false)]
    [InlineData(typeof(bool), "True", true)]
    [InlineData(typeof(bool?), "1", false)]
    public void ParameterValue_OfATypedText_IsReadAsBindingDoes(Type type, string? text, bool expected) => Assert.Equal(expected, ParameterValue.Of(type)!.IsReadable(text));
}
