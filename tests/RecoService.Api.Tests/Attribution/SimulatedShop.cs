using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Service;

namespace RecoService.Api.Tests.Attribution;

/// <summary>A shop that asks for lists, shows them, sends what its users do, and keeps books of all that.</summary>
/// <param name="seed">Of what happens; ids of lists are the service's.</param>
/// <param name="time">The clock of the shop and of the service.</param>
/// <param name="window">For how long after a list what is done may belong to it.</param>
internal sealed class SimulatedShop(int seed, TimeProvider time, TimeSpan window)
{
    private const int ItemCount = 60;

    private readonly Random random = new(seed);
    private readonly HashSet<long> times = [];
    private readonly List<string> users = [.. Enumerable.Range(0, 10).Select(number => $"u{number}"), .. Enumerable.Range(0, 8).Select(number => $"visitor{number}")];
    private int acts;
    private int orders;

    public ShopLedger Ledger { get; } = new(window);

    private static string Item(int number) => $"i{number:00}";

    public async Task StockAsync(TestService service)
    {
        for (var item = 0; item < ItemCount; item++)
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{Item(item)}", "{}", HttpStatusCode.Created);
        // Who never did anything is nobody to the service, and has nothing that a merge could move.
        await service.Storefront.PostInteractionsAsync([.. users.Select(userId => new { userId, itemId = Item(0), kind = "view" })]);
    }

    /// <summary>A user opens a page, and somebody does something or other.</summary>
    public async Task StepAsync(TestService service)
    {
        await ShowAsync(service.Storefront, users[random.Next(users.Count)]);
        for (var deeds = random.Next(4); deeds > 0; deeds--)
            await ActAsync(service.Storefront);
    }

    /// <summary>A visitor logs in: all of their lists are stored by then.</summary>
    public async Task MergeAsync(TestService service)
    {
        var (from, to) = (users[^1], users[random.Next(10)]);
        users.RemoveAt(users.Count - 1);
        await service.Storefront.SendJsonAsync(HttpMethod.Post, $"/users/{to}/merge", JsonSerializer.Serialize(new { from }));
        Ledger.Merge(from, to);
    }

    private async Task ShowAsync(HttpClient client, string user)
    {
        var limit = 2 + random.Next(6);
        switch (random.Next(5))
        {
            case 0:
                Take("home", user, await client.GetJsonAsync($"/recommendations/{user}?limit={limit}"));
                break;
            case 1:
                Take("popular", user, await PostAsync("/recommendations", new { userId = user, placement = "popular", limit }));
                break;
            case 2:
                Take("new-arrivals", "", await PostAsync("/recommendations", new { placement = "new-arrivals", limit }));
                break;
            default:
                var page = await PostAsync("/recommendations/page", new { userId = user, lists = new object[] { new { placement = "home", limit }, new { placement = "popular", limit = 3 }, new { placement = "new-arrivals", limit = 4 } } });
                foreach (var list in page.GetProperty("lists").EnumerateArray())
                    Take(list.GetProperty("placement").GetString()!, user, list);
                break;
        }

        Task<JsonElement> PostAsync(string path, object body) => client.SendJsonAsync(HttpMethod.Post, path, JsonSerializer.Serialize(body));
    }

    private void Take(string placement, string user, JsonElement list)
    {
        var id = list.GetProperty("recommendationId").GetGuid();
        var items = list.GetProperty("items").EnumerateArray().ToList();
        Assert.NotEmpty(items);
        // The first 48 bits of an id of version 7 are its Unix milliseconds.
        Ledger.Lists.Add(new LedgerList(
            id, user, placement, BinaryPrimitives.ReadInt64BigEndian(id.ToByteArray(bigEndian: true)) >>> 16, [.. items.Select(item => item.GetProperty("itemId").GetString()!)], [.. items.Select(item => item.GetProperty("source").GetString()!)]));
    }

    private async Task ActAsync(HttpClient client)
    {
        // Mostly on a list of late; sometimes on one of long ago, which may be past the window.
        var list = random.Next(4) == 0 ? Ledger.Lists[random.Next(Ledger.Lists.Count)] : Ledger.Lists[^(1 + random.Next(Math.Min(5, Ledger.Lists.Count)))];
        // Who was shown a list as nobody may have logged in since, and now and then somebody acts on what another was shown.
        var user = list.User.Length == 0 || random.Next(6) == 0 ? users[random.Next(10)] : list.User;
        Guid? named = random.Next(2) == 0 ? list.Id : null;
        var item = random.Next(8) == 0 ? Item(random.Next(ItemCount)) : list.Items[random.Next(list.Items.Length)];
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                await SendAsync(client, New(user, item, "click", list) with { List = named });
                break;
            case 3:
                await SendAsync(client, New(user, item, "view", list) with { List = named });
                break;
            case 4:
                await SendAsync(client, New(user, item, "like", list) with { List = named });
                break;
            case 5:
                await SendAsync(client, New(user, item, "rating", list) with { List = named, Value = 0.5 * (1 + random.Next(10)) });
                break;
            case 6 or 7:
                var order = random.Next(5) == 0 ? null : $"order-{orders++}";
                var lines = list.Items.Append(item).Distinct().OrderBy(_ => random.Next()).Take(1 + random.Next(3)).ToList();
                await SendAsync(client, [.. lines.Select(line => New(user, line, "purchase", list) with { List = named, Order = order, Quantity = 1 + random.Next(3), Price = random.Next(1, 10_000) / 100m })]);
                break;
            case 8 when Pick("purchase") is { } bought:
                await SendAsync(client, New(bought.User, bought.Item, "return", null));
                break;
            case 9 when Pick("purchase", "click", "view", "like", "return") is { } mistaken:
                await client.SendJsonAsync(HttpMethod.Delete, $"/interactions/{mistaken.Id}", null, HttpStatusCode.NoContent);
                Ledger.Acts.Remove(mistaken);
                break;
            case 10 when Pick("purchase", "click", "like") is { } twice:
                await PostAsync(client, twice);
                break;
            case 11 when Pick("purchase") is { Order: { } taken }:
                await client.SendJsonAsync(HttpMethod.Delete, $"/orders/{taken}", null);
                Ledger.Acts.RemoveAll(act => act.Order == taken);
                break;
        }
    }

    private LedgerAct? Pick(params string[] kinds)
    {
        var all = Ledger.Acts.Where(act => kinds.Contains(act.Kind)).ToList();
        return all.Count == 0 ? null : all[random.Next(all.Count)];
    }

    /// <summary>Now, or some time between the list and now, since news may come late. No two at once.</summary>
    private LedgerAct New(string user, string item, string kind, LedgerList? list)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var at = list is not null && random.Next(3) == 0 && now > list.At ? random.NextInt64(list.At, now) : now;
        while (!times.Add(at))
            at--;
        return new LedgerAct($"a{acts++}", user, item, kind, at);
    }

    private async Task SendAsync(HttpClient client, params LedgerAct[] sent)
    {
        await PostAsync(client, sent);
        Ledger.Acts.AddRange(sent);
    }

    private static Task PostAsync(HttpClient client, params LedgerAct[] sent) => client.PostInteractionsAsync([.. sent.Select(act => new
    {
        id = act.Id, userId = act.Sender, itemId = act.Item, kind = act.Kind, occurredAt = DateTimeOffset.FromUnixTimeMilliseconds(act.At), recommendationId = act.List, orderId = act.Order,
        quantity = act.Quantity, unitPrice = act.Kind == "purchase" ? act.Price : (decimal?)null, value = act.Kind == "rating" ? act.Value : (double?)null,
    })]);
}
