using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using RecoService.Api.Hosting;
using RecoService.Api.Recommendations;
using RecoService.Api.Serving;
using RecoService.Api.Shops;

namespace RecoService.Benchmarks.Load;

/// <summary>The inside of a <see cref="LoadServer"/>: a server that says on standard output where it listens, and answers every line of standard input with what it has used so far.</summary>
internal static class ServedProcess
{
    public const string ServiceVerb = "load-service";
    public const string BareVerb = "load-bare";
    public const string Listening = "#listening ";
    public const string Usage = "#usage ";

    /// <summary>The service as it is.</summary>
    public static async Task RunServiceAsync(string[] settings)
    {
        await using var app = RecoApplication.Create(settings);
        await app.StartAsync();
        var readiness = app.Services.GetRequiredService<ShopDirectory>().Default.Serving.Readiness;
        while (!readiness.IsReady)
            await Task.Delay(50);
        var impressions = app.Services.GetRequiredService<ShopDirectory>().Default.Serving.Impressions;
        await AnswerAsync(app, () => impressions.Dropped);
    }

    /// <summary>Kestrel with nothing on it but an answer of the same shape and size, written anew for every request: nothing can cost less.</summary>
    public static async Task RunBareAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        await using var app = builder.Build();
        var answer = new RecommendationResponse(
            "user-012345", Guid.CreateVersion7(DateTimeOffset.UnixEpoch), 2,
            [.. Enumerable.Range(0, 10).Select(position => new RecommendedItem($"item-{1234567 + position}", 9.123456f - (position * 0.1234f), "implicit-als"))]);
        app.Run(async context =>
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(answer, BareJson.Default.RecommendationResponse);
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = json.Length;
            await context.Response.BodyWriter.WriteAsync(json);
        });
        await app.StartAsync();
        await AnswerAsync(app, () => 0);
    }

    private static async Task AnswerAsync(WebApplication app, Func<long> dropped)
    {
        await WriteAsync(Listening + app.Urls.First());
        while (await Console.In.ReadLineAsync() is not null)
        {
            var (total, allocated) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
            await WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{Usage}{total.TotalMicroseconds:F0} {allocated} {Environment.WorkingSet} {GC.GetTotalMemory(forceFullCollection: false)} {GC.GetTotalPauseDuration().TotalMicroseconds:F0} {dropped()}"));
        }

        await app.StopAsync();
    }

    private static async Task WriteAsync(string line)
    {
        await Console.Out.WriteLineAsync(line);
        await Console.Out.FlushAsync();
    }
}

[JsonSerializable(typeof(RecommendationResponse))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class BareJson : JsonSerializerContext;
