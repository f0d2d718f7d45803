using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using RecoService.Api.Recommendations;
using RecoService.Api.Wire;

namespace RecoService.Benchmarks.Service;

/// <summary>One list of ten items as JSON into a response that throws it away: by the service's own writer, by source-generated code, and by the serializer's metadata.</summary>
[MemoryDiagnoser]
public class ListJsonBenchmarks
{
    private readonly RecommendationWriter writer = new();
    private readonly DefaultHttpContext context = new();
    private readonly RecommendationResponse list = new(
        "user-000001", Guid.Parse("7d44ff0e-6f4c-4c37-9d3b-0f2f8f5fd2a1"), 7,
        [.. Enumerable.Range(0, 10).Select(position => new RecommendedItem($"item-{position:000000}", 1.234567f / (position + 1), "implicit-als"))]);

    private readonly ListJsonContext generated = new(new JsonSerializerOptions(WireJson.Options));

    [GlobalSetup]
    public void Setup() => context.Features.Set<IHttpResponseBodyFeature>(new Nowhere());

    [Benchmark(Baseline = true)]
    public Task ByHand() => writer.WriteAsync(context.Response, list);

    [Benchmark]
    public Task SourceGenerated() => context.Response.WriteAsJsonAsync(list, generated.RecommendationResponse);

    [Benchmark]
    public Task ByMetadata() => context.Response.WriteAsJsonAsync(list, WireJson.Options);

    private sealed class Nowhere : IHttpResponseBodyFeature
    {
        public Stream Stream => Stream.Null;

        public PipeWriter Writer { get; } = PipeWriter.Create(Stream.Null, new StreamPipeWriterOptions(leaveOpen: true));

        public void DisableBuffering()
        {
        }

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task CompleteAsync() => Task.CompletedTask;
    }
}

[JsonSerializable(typeof(RecommendationResponse))]
internal sealed partial class ListJsonContext : JsonSerializerContext;
