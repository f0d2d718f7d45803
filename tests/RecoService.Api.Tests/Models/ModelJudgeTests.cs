using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Models;

/// <summary>A model that was made elsewhere comes in as a file, is judged on what it cannot have seen, and serves when an operator publishes it.</summary>
public sealed class ModelJudgeTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Judge_AModelMadeElsewhere_IsHeldUntilAnOperatorPublishesIt(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await RetrainTests.StartFilledAsync(database);
        var first = RetrainTests.Version(await service.Admin.RetrainAsync());
        var before = await service.Storefront.RecommendAsync("user-007");
        RetrainTests.AssertEnded(await JudgeAsync(service, first), "failed", "Judge it again later");

        var file = await service.Admin.GetByteArrayAsync($"/admin/models/{first}/file");
        var uploaded = await UploadAsync(service, file, $"trainer=implicit-als&trainedThrough={await TrainedThroughAsync(service, first)}&options={{\"factors\":8,\"epochs\":4}}&seed=42&checksum={Convert.ToHexString(SHA256.HashData(file))}");
        var version = uploaded.GetProperty("version").GetInt32();
        Assert.Equal(JsonValueKind.Null, uploaded.GetProperty("runId").ValueKind);
        Assert.Equal((8, 4), (uploaded.GetProperty("options").GetProperty("factors").GetInt32(), uploaded.GetProperty("options").GetProperty("epochs").GetInt32()));
        await TasteShop.FillNextDayAsync(service.Storefront);

        var run = await JudgeAsync(service, version);
        RetrainTests.AssertEnded(run, "held", "It passes the gate");
        Assert.Equal(("judge", version), (run.GetProperty("plan").GetString(), RetrainTests.Version(run)));
        var metrics = run.GetProperty("metrics");
        Assert.Equal(TasteShop.Users, metrics.GetProperty("judgedUsers").GetInt32());
        Assert.True(metrics.GetProperty("versusPopularity").GetProperty("low").GetDouble() > 0, metrics.ToString());
        Assert.Equal((first, false), (metrics.GetProperty("current").GetProperty("version").GetInt32(), metrics.GetProperty("current").GetProperty("retrained").GetBoolean()));
        Assert.Equal(0, metrics.GetProperty("versusCurrent").GetProperty("mean").GetDouble());
        Assert.Equal(first, await RetrainTests.ServedVersionAsync(service));
        var own = await MetricsAsync(service, first);
        RetrainTests.AssertEnded(await JudgeAsync(service, first), "held", "It is served already");
        Assert.Equal(own, await MetricsAsync(service, first));

        await service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/models/{version}/publish", null, HttpStatusCode.OK);
        Assert.Equal(version, await RetrainTests.ServedVersionAsync(service));
        var manifest = await TrainingPlanTests.ManifestAsync(database);
        Assert.Equal(version, manifest[0]);
        Assert.DoesNotContain(first, manifest);
        Assert.True(manifest.Length > 1, "The models behind the recommender stay.");
        await service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/models/{version}/publish", null, HttpStatusCode.OK);
        Assert.Equal(manifest, await TrainingPlanTests.ManifestAsync(database));
        Assert.Equal(before.Count, (await service.Storefront.RecommendAsync("user-007")).Count);
        var stored = (await service.Admin.GetJsonAsync("/admin/models")).GetProperty("items").EnumerateArray().Single(model => model.GetProperty("version").GetInt32() == version);
        Assert.Equal(TasteShop.Users, stored.GetProperty("metrics").GetProperty("judgedUsers").GetInt32());
        Assert.Equal(file, await service.Admin.GetByteArrayAsync($"/admin/models/{version}/file"));
    }

    [Fact]
    public async Task Judge_AWorseModel_IsRefusedAndNothingElseChanges()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        int good;
        await using (var service = await RetrainTests.StartFilledAsync(database))
            good = RetrainTests.Version(await service.Admin.RetrainAsync());
        await using var bad = await TestService.StartAsync(database, TasteShop.BadTraining);
        var worse = RetrainTests.Version(await bad.Admin.RetrainAsync(force: true));
        await bad.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/models/{good}/publish", null, HttpStatusCode.OK);
        await TasteShop.FillNextDayAsync(bad.Storefront);

        RetrainTests.AssertEnded(await JudgeAsync(bad, worse), "refused", "worse than the current model");

        Assert.Equal(good, await RetrainTests.ServedVersionAsync(bad));
        RetrainTests.AssertEnded(await bad.Admin.RetrainAsync(), "refused", "worse than the current model");
    }

    [Fact]
    public async Task Upload_WhatIsNoModel_Is400AndStoresNothing()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await RetrainTests.StartFilledAsync(database, "--Reco:Limits:MaxModelBytes=2000000");
        var version = RetrainTests.Version(await service.Admin.RetrainAsync());
        var file = await service.Admin.GetByteArrayAsync($"/admin/models/{version}/file");
        var models = await database.CountAsync("SELECT count(*) FROM models");
        const string good = "trainer=implicit-als";

        await AssertRefusedAsync(service, [1, 2, 3], good, "body");
        await AssertRefusedAsync(service, [.. file, 0], good, "body");
        await AssertRefusedAsync(service, file[..^40], good, "body");
        await AssertRefusedAsync(service, file, "", "trainer");
        await AssertRefusedAsync(service, file, "trainer=magic", "trainer");
        await AssertRefusedAsync(service, file, $"{good}&options={{\"factors\":\"many\"}}", "options");
        await AssertRefusedAsync(service, file, $"{good}&options=7", "options");
        await AssertRefusedAsync(service, file, $"{good}&trainedThrough=yesterday", "trainedThrough");
        await AssertRefusedAsync(service, file, $"{good}&checksum={new string('0', 64)}", "checksum");
        await UploadAsync(service, new byte[2_000_001], good, HttpStatusCode.RequestEntityTooLarge);
        using var text = new StringContent("a model");
        using var answer = await service.Admin.PostAsync($"/admin/models?{good}", text);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);

        Assert.Equal(models, await database.CountAsync("SELECT count(*) FROM models"));
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/models/999/judge", null, HttpStatusCode.NotFound);
        await service.Admin.SendJsonAsync(HttpMethod.Get, "/admin/models/999/file", null, HttpStatusCode.NotFound);
    }

    private static async Task AssertRefusedAsync(TestService service, byte[] file, string query, string field) =>
        Assert.True((await UploadAsync(service, file, query, HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty(field, out _), field);

    private static async Task<JsonElement> UploadAsync(TestService service, byte[] file, string query, HttpStatusCode expected = HttpStatusCode.Created)
    {
        using var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var answer = await service.Admin.PostAsync($"/admin/models?{query}", content);
        return await answer.ReadJsonAsync(expected);
    }

    private static async Task<string> MetricsAsync(TestService service, int version) => (await service.Admin.GetJsonAsync("/admin/models"))
        .GetProperty("items").EnumerateArray().Single(model => model.GetProperty("version").GetInt32() == version).GetProperty("metrics").ToString();

    private static async Task<string> TrainedThroughAsync(TestService service, int version) => (await service.Admin.GetJsonAsync("/admin/models"))
        .GetProperty("items").EnumerateArray().Single(model => model.GetProperty("version").GetInt32() == version).GetProperty("trainedThrough").GetString()!;

    private static async Task<JsonElement> JudgeAsync(TestService service, int version)
    {
        using var started = await service.Admin.PostAsync($"/admin/models/{version}/judge", null);
        await started.ReadJsonAsync(HttpStatusCode.Accepted);
        return await service.Admin.WaitForRunAsync(started.Headers.Location!.ToString());
    }
}
