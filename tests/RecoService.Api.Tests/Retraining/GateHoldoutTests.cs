using System.Globalization;
using System.Text.Json;
using RecoService.Api.Settings;
using RecoService.Api.Tests.Service;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Lab.Tuning;
using RecoService.Storage;

namespace RecoService.Api.Tests.Retraining;

/// <summary>Whoever owns the newest interactions must not own the judgement: a worse recommender stays refused, and a candidate that cannot be judged waits.</summary>
public sealed class GateHoldoutTests
{
    private static readonly DateTimeOffset Late = new(2024, 2, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(StorageProvider.Sqlite, "bot")]
    [InlineData(StorageProvider.Postgres, "bot")]
    [InlineData(StorageProvider.Sqlite, "bulk order")]
    [InlineData(StorageProvider.Sqlite, "late import")]
    [InlineData(StorageProvider.Postgres, "late import")]
    [InlineData(StorageProvider.Sqlite, "strangers")]
    public async Task Retrain_WorseRecommenderAfterSomebodyOwnsTheNewest_IsStillRefused(StorageProvider provider, string owner)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var version = await RetrainTests.PublishOneAsync(database);
        await using var service = await TestService.StartAsync(database, TasteShop.BadTraining);
        foreach (var batch in Newest(owner).Chunk(1000))
            await service.Storefront.PostInteractionsAsync(batch);

        var run = await service.Admin.RetrainAsync();

        RetrainTests.AssertEnded(run, "refused", "worse than the current model");
        Assert.InRange(run.GetProperty("metrics").GetProperty("judgedUsers").GetInt32(), 200, 300);
        Assert.Equal(version, await RetrainTests.ServedVersionAsync(service));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Retrain_AllTimesEqual_IsJudgedByTheLastItemsOfEach(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using (var service = await TestService.StartAsync(database, TasteShop.QuickTraining))
        {
            await TasteShop.FillAsync(service.Storefront, at: Late);
            var first = await service.Admin.RetrainAsync();
            RetrainTests.AssertEnded(first, "published", null);
            Assert.Equal(300, first.GetProperty("metrics").GetProperty("judgedUsers").GetInt32());
            Assert.Equal(JsonValueKind.Null, first.GetProperty("metrics").GetProperty("holdoutSince").ValueKind);
        }

        await using var bad = await TestService.StartAsync(database, TasteShop.BadTraining);
        RetrainTests.AssertEnded(await bad.Admin.RetrainAsync(), "refused", "worse than the current model");
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Retrain_TooFewToJudge_IsHeldUntilAnOperatorDecides(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var version = await RetrainTests.PublishOneAsync(database);
        // All but five users are gone, as after a restore that went wrong.
        await database.ExecuteAsync("DELETE FROM interactions WHERE user_key NOT IN (SELECT key FROM users WHERE id LIKE 'user-00%' AND id < 'user-005')");
        await using var service = await TestService.StartAsync(database, TasteShop.QuickTraining);
        await service.Storefront.PostInteractionsAsync(new { userId = "user-000", itemId = "item-0-00", kind = "view" });

        var held = await service.Admin.RetrainAsync();

        RetrainTests.AssertEnded(held, "held", "could judge it, where 300 users judged the model that is served; 150 are needed");
        Assert.Equal(version, await RetrainTests.ServedVersionAsync(service));
        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(), "skipped", "Nothing has changed");

        var forced = await service.Admin.RetrainAsync(force: true);
        RetrainTests.AssertEnded(forced, "published", "overridden");
        Assert.Equal(RetrainTests.Version(forced), await RetrainTests.ServedVersionAsync(service));

        await service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/models/{RetrainTests.Version(held)}/publish", null);
        Assert.Equal(RetrainTests.Version(held), await RetrainTests.ServedVersionAsync(service));
    }

    [Fact]
    public async Task Retrain_NobodyToJudgeAndNothingServed_IsPublished()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, TasteShop.QuickTraining);
        await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(0, 30).Select(n => new { userId = $"u{n}", itemId = $"i{n % 3}", kind = "view" })]);

        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(), "published", "could not be judged");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Retrain_ItemsBoughtAgain_CountWhereAPurchaseDoesNotConsume(bool canRepeat)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        string[] settings = canRepeat ? [.. TasteShop.QuickTraining, "--Reco:Interactions:Kinds:purchase:Consumes=false"] : TasteShop.QuickTraining;
        await using var service = await TestService.StartAsync(database, settings);
        await TasteShop.FillAsync(service.Storefront);
        // Everybody buys their first item again.
        await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(0, 300).Select(user => Row(TasteShop.UserId(user), $"item-{user % 4}-{user % 30:00}", "purchase", Late))]);

        var run = await service.Admin.RetrainAsync(force: true);

        var candidate = run.GetProperty("metrics").GetProperty("candidate");
        Assert.Equal(canRepeat, candidate.TryGetProperty("repeatRecall", out var repeated) && repeated.ValueKind == JsonValueKind.Number);
        Assert.Equal(JsonValueKind.Number, candidate.GetProperty("newRecall").ValueKind);
    }

    [Fact]
    public void TuningInput_BotThatOwnsTheNewest_JudgesTheShop()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        Assert.True(InteractionKinds.Default.TryGetIndex("view", out var view));
        for (var row = 0; row < 3000; row++)
            builder.Add(row % 300, row % 40, view, 0, row);
        // The bot was there before, so the newest tenth judges one user.
        for (var row = 0; row < 1000; row++)
            builder.Add(row == 0 ? 0 : 999, row % 41, view, 0, 3000 + row);

        var validation = TuningInput.OfStore(
            new StoredInput(builder.Build(), new Dictionary<string, object>(StringComparer.Ordinal), new RetrainingSettings().HoldoutFraction, new RetrainingSettings().MinJudgedUsers),
            new EvaluationProtocol(EvaluationTarget.TopN, [10]), split: null, seed: 1);

        Assert.InRange(validation.UserCount, 200, 301);
    }

    private static IEnumerable<object> Newest(string owner) => owner switch
    {
        "bot" => Enumerable.Range(0, 600).Select(view => Row("bot", $"item-{view % 4}-{view % 30:00}", "view", Late.AddSeconds(view))),
        "bulk order" => Enumerable.Range(0, 1000).Select(line => Row("user-000", $"part-{line}", "purchase", Late)),
        "late import" => Enumerable.Range(0, 1500).Select(row => Row($"imported-{row / 3}", $"item-{row % 4}-{row % 30:00}", "view", Late)),
        "strangers" => Enumerable.Range(0, 400).Select(user => Row($"stranger-{user}", $"item-{user % 4}-{user % 30:00}", "purchase", Late.AddMinutes(user))),
        _ => throw new ArgumentOutOfRangeException(nameof(owner), owner, "Nobody does that."),
    };

    private static object Row(string userId, string itemId, string kind, DateTimeOffset at) =>
        new { userId, itemId, kind, occurredAt = at.ToString("O", CultureInfo.InvariantCulture) };
}
