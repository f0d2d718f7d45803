using System.Globalization;
using System.Text.Json;
using RecoService.Storage.Attribution;
using RecoService.Storage.Privacy;

namespace RecoService.Storage.Tests.Privacy;

/// <summary>What a user is told of what is held of them, and what is not held any more.</summary>
public abstract class PersonalDataContract(StorageProvider provider) : StorageContract(provider)
{
    private async Task<List<PersonalRecord>> ReadAsync(string userId)
    {
        var records = new List<PersonalRecord>();
        await foreach (var record in Store.PersonalData.ReadAsync(userId, Ct))
            records.Add(record);
        return records;
    }

    [Fact]
    public async Task Read_AUser_GivesEveryRecordOfTheirsAndNoOther()
    {
        await Store.Catalogue.PutUserAsync("ann", """{"city":"Oslo"}""", Ct);
        var (now, list) = (Store.Inner.Now, Guid.CreateVersion7(Store.Inner.Now));
        foreach (var (id, viewer) in new[] { (list, "ann"), (Guid.CreateVersion7(now), "bob") })
            await Store.Impressions.AppendAsync([new Impression(id, viewer, "home", "e/new", 3, "c", now, ["a"]) { Sources = ["als"] }], Ct);
        await Store.AppendAsync(
            Store.Interaction("ann", "a", "click", id: "c1") with { RecommendationId = list }, Store.Interaction("ann", "b", "purchase", id: "p1") with { OrderId = "o1", UnitPrice = 9.95m, Quantity = 2, AttributesJson = """{"gift":true}""" },
            Store.Interaction("ann", "c", id: "gone"), Store.Rating("ann", "a", 4), Store.Interaction("bob", "a", "click"));
        await Store.Corrections.DeleteAsync("gone", Ct);
        var roles = new AttributionRole[Store.Kinds.Count];
        roles[Store.Kind("click")] = AttributionRole.Click;
        await Store.Figures.FollowAsync(new AttributionRules(TimeSpan.FromDays(7), roles, null), null, Ct);

        var records = await ReadAsync("ann");

        Assert.Equal(
            ["attribution 1", "figures 1", "impression 1", "interaction 3", "taken-back 1", "user 1"],
            records.GroupBy(record => record.Type).Select(type => $"{type.Key} {type.Count()}").Order(StringComparer.Ordinal));
        var user = records[0].Fields;
        Assert.Equal(("ann", "Oslo", now), (user["userId"], ((JsonElement)user["attributes"]).GetProperty("city").GetString(), user["createdAt"]));
        var purchase = Assert.Single(records, record => record.Fields.GetValueOrDefault("kind") is "purchase").Fields;
        Assert.Equal(("p1", "b", "o1", "9.95"), (purchase["interactionId"], purchase["itemId"], purchase["orderId"], ((decimal)purchase["unitPrice"]).ToString(CultureInfo.InvariantCulture)));
        Assert.True(((JsonElement)purchase["attributes"]).GetProperty("gift").GetBoolean());
        Assert.Equal(4.0, Assert.Single(records, record => record.Fields.GetValueOrDefault("kind") is "rating").Fields["value"]);
        Assert.Equal(list.ToString(), Assert.Single(records, record => record.Type == "impression").Fields["recommendationId"]);
        Assert.Equal("gone", Assert.Single(records, record => record.Type == "taken-back").Fields["interactionId"]);
        Assert.DoesNotContain("bob", JsonSerializer.Serialize(records), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_MoreThanAPage_GivesEachRecordOnce()
    {
        const int count = 1_203;
        await Store.Impressions.AppendAsync([.. Enumerable.Range(0, count).Select(_ => new Impression(Guid.CreateVersion7(Store.Inner.Now), "ann", "home", null, 3, "c", Store.Inner.Now, ["a"]))], Ct);
        await Store.AppendAsync([.. Enumerable.Range(0, count).Select(number => Store.Interaction("ann", "a", id: $"i{number}", at: number % 7))]);

        var records = await ReadAsync("ann");

        Assert.Equal(count, records.Where(record => record.Type == "impression").Select(record => record.Fields["recommendationId"]).Distinct().Count());
        Assert.Equal(count, records.Where(record => record.Type == "interaction").Select(record => record.Fields["interactionId"]).Distinct().Count());
        Assert.Equal((2 * count) + 1, records.Count);
    }

    [Fact]
    public async Task IsHeld_OfUsersViewersAndNobody()
    {
        await Store.AppendAsync(Store.Interaction("ann", "a"));
        await Store.Impressions.AppendAsync([new Impression(Guid.CreateVersion7(Store.Inner.Now), "visitor", "home", null, 3, "c", Store.Inner.Now, ["a"])], Ct);

        foreach (var (userId, isHeld) in new[] { ("ann", true), ("visitor", true), ("nobody", false), ("", false) })
            Assert.Equal(isHeld, await Store.PersonalData.IsHeldAsync(userId, Ct));
        Assert.Empty(await ReadAsync("nobody"));
    }

    [Fact]
    public async Task Retention_OldOfAKind_GoesAndFollowersHearOfIt()
    {
        // Interactions of tests are 30 days old and some seconds.
        await Store.AppendAsync(
            Store.Interaction("ann", "a", "view", id: "old"), Store.Interaction("ann", "b", "purchase", id: "kept"), Store.Rating("bob", "a", 4, at: 0), Store.Interaction("bob", "b", "view", id: "edge", at: 10),
            Store.Interaction("cid", "b", "view", id: "new") with { OccurredAt = Store.Inner.Now });
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;
        var now = Store.Inner.Now;
        var edge = now.AddDays(-30).AddSeconds(10);

        Assert.Equal(0, await Store.Retention.DeleteBeforeAsync(new Dictionary<string, DateTimeOffset> { ["view"] = now.AddDays(-31), ["unheard-of"] = now }, Ct));
        await Store.Inner.WriteAsync(context => context.ExecuteAsync($"UPDATE interactions SET occurred_at = {now.AddDays(-30).ToUnixTimeMilliseconds()} WHERE id IN ('old', 'kept')", Ct), Ct);
        Assert.Equal(1, await Store.Retention.DeleteBeforeAsync(new Dictionary<string, DateTimeOffset> { ["view"] = edge }, Ct));
        Assert.Equal(1, await Store.Retention.DeleteBeforeAsync(new Dictionary<string, DateTimeOffset> { ["view"] = edge, ["rating"] = edge }, Ct));
        Assert.Equal(0, await Store.Retention.DeleteBeforeAsync(new Dictionary<string, DateTimeOffset> { ["view"] = edge, ["rating"] = edge }, Ct));

        Assert.Equal(["kept"], (await Store.ListAsync("ann")).Select(interaction => interaction.Id));
        Assert.Equal(["edge"], (await Store.ListAsync("bob")).Select(interaction => interaction.Id));
        Assert.Equal(["new"], (await Store.ListAsync("cid")).Select(interaction => interaction.Id));
        Assert.Equal(["ann", "bob"], (await Store.Feed.ReadSinceAsync(marker, 100, Ct)).Rewritten.Select(user => user.UserId).Order(StringComparer.Ordinal));
    }
}

public sealed class SqlitePersonalDataTests() : PersonalDataContract(StorageProvider.Sqlite);

public sealed class PostgresPersonalDataTests() : PersonalDataContract(StorageProvider.Postgres);
