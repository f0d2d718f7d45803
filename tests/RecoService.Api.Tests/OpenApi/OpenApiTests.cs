using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using RecoService.Api.Status;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Service;
using RecoService.Storage;
using RecoService.WebConsole;

namespace RecoService.Api.Tests.OpenApi;

/// <summary>The demo shop as a developer finds it at the first start, but with keys.</summary>
public sealed class DemoServices : SharedServices
{
    protected override string[] Settings => ["--environment=Development", TasteShop.ImplicitAls, "--Reco:Trainers:implicit-als:Factors=16", "--Reco:Trainers:implicit-als:Epochs=3"];
}

public sealed class OpenApiTests(DemoServices services) : IClassFixture<DemoServices>
{
    /// <summary>Files of bytes; nobody could type an example.</summary>
    private static readonly string[] PackedTypes = ["application/gzip", "application/octet-stream"];

    private sealed record Operation(string Id, string Method, string Path, JsonElement Json);

    private static async Task<(JsonElement Document, List<Operation> Operations)> ReadAsync(TestService service)
    {
        var document = await service.Anonymous.GetJsonAsync("/swagger/v1/swagger.json");
        return (document, [.. from path in document.GetProperty("paths").EnumerateObject()
                              from operation in path.Value.EnumerateObject()
                              select new Operation(operation.Value.GetProperty("operationId").GetString()!, operation.Name.ToUpperInvariant(), path.Name, operation.Value)]);
    }

    private static IEnumerable<(string Type, JsonElement Content)> BodiesOf(Operation operation) =>
        operation.Json.TryGetProperty("requestBody", out var body) ? body.GetProperty("content").EnumerateObject().Select(content => (content.Name, content.Value)).Where(body => !PackedTypes.Contains(body.Name)) : [];

    [Fact]
    public async Task Document_EveryEndpoint_IsInItWithASummaryAndATag()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        var (document, operations) = await ReadAsync(service);

        var endpoints = service.Services.GetService(typeof(EndpointDataSource)) as EndpointDataSource;
        var names = endpoints!.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null && endpoint.Metadata.GetMetadata<ConsolePage>() is null).Select(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName);
        Assert.Equal(names.Order(StringComparer.Ordinal), operations.Select(operation => operation.Id).Order(StringComparer.Ordinal));
        Assert.All(operations, operation =>
        {
            Assert.InRange(operation.Json.GetProperty("summary").GetString()!.Length, 5, 120);
            Assert.Single(operation.Json.GetProperty("tags").EnumerateArray());
            var said = endpoints.Endpoints.Single(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == operation.Id).Metadata.GetMetadata<IEndpointSummaryMetadata>();
            Assert.Equal(said?.Summary, operation.Json.GetProperty("summary").GetString());
        });
        Assert.Equal(ServiceEndpoint.Version, document.GetProperty("info").GetProperty("version").GetString());
        var scheme = document.GetProperty("components").GetProperty("securitySchemes").GetProperty("ApiKey");
        Assert.Equal(("apiKey", "header", "X-Api-Key"), (scheme.GetProperty("type").GetString(), scheme.GetProperty("in").GetString(), scheme.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Document_EveryBodyAndPathParameter_HasAnExample()
    {
        var (_, operations) = await ReadAsync(await services.OnAsync(StorageProvider.Sqlite));

        Assert.All(operations.SelectMany(BodiesOf), body => Assert.True(body.Content.TryGetProperty("example", out _), body.ToString()));
        Assert.All(
            operations.SelectMany(operation => ParametersOf(operation).Where(parameter => parameter.GetProperty("in").GetString() == "path").Select(parameter => (operation.Id, parameter))),
            position => Assert.True(position.parameter.TryGetProperty("example", out _), position.ToString()));
    }

    [Fact]
    public async Task Document_EveryReference_LeadsSomewhere()
    {
        var (document, _) = await ReadAsync(await services.OnAsync(StorageProvider.Sqlite));
        var references = new List<string>();
        Collect(document);

        Assert.NotEmpty(references);
        Assert.All(references, reference =>
        {
            var position = document;
            foreach (var part in reference.TrimStart('#', '/').Split('/'))
                Assert.True(position.TryGetProperty(part, out position), reference);
        });

        void Collect(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (var entry in element.EnumerateArray())
                    Collect(entry);
            }
            else if (element.ValueKind == JsonValueKind.Object)
            {
                foreach (var member in element.EnumerateObject())
                {
                    if (member.NameEquals("$ref"))
                        references.Add(member.Value.GetString()!);
                    else
                        Collect(member.Value);
                }
            }
        }
    }

    /// <summary>What "Try it out" sends at the first click, in an order in which a curious developer could click.</summary>
    [Fact]
    public async Task Examples_SentAsTheyStand_GetADocumentedSuccess()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        var (_, operations) = await ReadAsync(service);
        await Wait.UntilAsync(async () => (await service.Admin.GetJsonAsync("/admin/status")) is var status
            && status.GetProperty("runningRunId").ValueKind == JsonValueKind.Null && status.GetProperty("modelVersion").ValueKind != JsonValueKind.Null, "the first model is published");

        var faults = new List<string>();
        foreach (var operation in operations.OrderBy(operation => operation.Method switch { "DELETE" => 2, _ when operation.Id is "CancelRun" or "DecideExperiment" => 1, _ => 0 }))
        {
            var bodies = BodiesOf(operation).ToList();
            foreach (var (type, content) in bodies.Count == 0 ? [("", default)] : bodies)
            {
                if (await SendExampleAsync(service, operation, type, content) is { } fault)
                    faults.Add(fault);
            }
        }

        Assert.Empty(faults);
    }

    /// <returns>Null when all is well.</returns>
    private static async Task<string?> SendExampleAsync(TestService service, Operation operation, string type, JsonElement content)
    {
        var path = operation.Path;
        foreach (var parameter in ParametersOf(operation).Where(parameter => parameter.GetProperty("in").GetString() == "path"))
            path = path.Replace($"{{{parameter.GetProperty("name").GetString()}}}", Uri.EscapeDataString(parameter.GetProperty("example").ToString()), StringComparison.Ordinal);
        foreach (var parameter in ParametersOf(operation).Where(parameter => parameter.GetProperty("in").GetString() == "query" && parameter.TryGetProperty("example", out _)))
            path += $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{parameter.GetProperty("name").GetString()}={Uri.EscapeDataString(parameter.GetProperty("example").ToString())}";
        byte[]? body = null;
        if (type.Length > 0)
        {
            var example = content.GetProperty("example");
            body = Encoding.UTF8.GetBytes(example.ValueKind == JsonValueKind.String ? example.GetString()! : example.ToString());
        }

        using var request = Refusal.Request(service, operation.Method, path, body, type);
        using var response = await service.Admin.SendAsync(request);

        var text = await response.Content.ReadAsStringAsync();
        var status = (int)response.StatusCode;
        // A run of the demo shop is over before anybody could cancel it by hand, and may be under way when the next one is asked for.
        if (operation.Id is "CancelRun" or "JudgeModel" && status == 409)
            return null;
        // Nobody has been shown enough of the demo shop to learn from.
        if (operation.Id == "PredictResponses" && status == 409)
            return null;
        // The receipts of the demo shop have ids that nobody can know before.
        if (operation.Id == "GetErasure" && status == 404)
            return null;
        // A model file is nothing to be typed into a page.
        if (operation.Id == "UploadModel" && status == 415)
            return null;
        if (status is < 200 or >= 300)
            return $"{operation.Id} {path} {type}: {status} {text}";
        return operation.Json.GetProperty("responses").TryGetProperty($"{status}", out _) ? null : $"{operation.Id} answers {status}, which is not documented.";
    }

    private static IEnumerable<JsonElement> ParametersOf(Operation operation) =>
        operation.Json.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : [];
}
