using System.Text.Json;
using RecoService.Engine.Experiments;

namespace RecoService.Api.Simulation;

/// <summary>
/// Visits to a shop that shows lists of the service, speaking only HTTP. A user looks at place k with probability 1 / (1 + 0.15 (k - 1)), clicks what they look at the likelier the more it is to their taste, buys one
/// in six of what they click, and gives one in twenty purchases back. One call in twenty is made twice, as after a lost answer. Every act names its list, so the books are exact.
/// </summary>
/// <param name="client">Of the service.</param>
/// <param name="ledger">The books.</param>
/// <param name="options">How many, and how.</param>
internal sealed class SimulatedVisits(ServiceClient client, ShopLedger ledger, SimulationOptions options)
{
    private const double LookDecay = 0.15;
    private const double PurchaseRate = 1.0 / 6;
    private const double LikeRate = 0.1;
    private const double ReturnRate = 0.05;
    private const double RepeatRate = 0.05;
    private const int ListLimit = 10;

    private readonly Lock gate = new();
    private readonly string run = Guid.CreateVersion7().ToString("N");

    /// <summary>Makes all visits, of several users at once; those of one user follow each other.</summary>
    /// <param name="progress">Takes how many visits are made.</param>
    /// <param name="ct">Stops after the visits that have begun.</param>
    public Task RunAsync(IProgress<int> progress, CancellationToken ct)
    {
        var (users, done) = (Math.Min(options.Users, options.Visits), 0);
        return Parallel.ForEachAsync(Enumerable.Range(0, users), new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = ct }, async (user, token) =>
        {
            for (var visit = user; visit < options.Visits; visit += users)
            {
                await VisitAsync(user, visit, token);
                lock (gate)
                    progress.Report(++done);
            }
        });
    }

    private async Task VisitAsync(int user, int visit, CancellationToken ct)
    {
        var random = new Random((int)(UserHash.Of($"simulation {options.Seed}", $"{visit}") * int.MaxValue));
        var userId = $"{options.UserPrefix}{user}";
        var lists = options.Placements.Select(placement => new { placement, limit = ListLimit });
        var page = await client.PostAsync("/recommendations/page", new { userId, include = new[] { "categories", "price" }, lists }, ct);
        foreach (var list in page.GetProperty("lists").EnumerateArray())
            await ReadAsync(new Shown(userId, visit, list), random, ct);
    }

    private async Task ReadAsync(Shown shown, Random random, CancellationToken ct)
    {
        // What is empty is not shown.
        if (shown.Items.Count == 0)
            return;
        var figures = new ShopFigures { Lists = 1, Impressions = shown.Items.Count };
        var acts = new List<object>();
        string? order = null;
        for (var place = 0; place < shown.Items.Count; place++)
        {
            var item = shown.Items[place];
            if (random.NextDouble() * (1 + (LookDecay * place)) > 1 || random.NextDouble() > ClickRate(shown.UserId, item))
                continue;
            acts.Add(shown.Act(run, place, "click"));
            figures = figures with { Clicks = figures.Clicks + 1 };
            if (random.NextDouble() < LikeRate)
            {
                acts.Add(shown.Act(run, place, "like"));
                figures = figures with { Likes = figures.Likes + 1 };
            }

            if (random.NextDouble() > PurchaseRate)
                continue;
            var (quantity, price, isReturned) = (1 + random.Next(2), PriceOf(item, random), random.NextDouble() < ReturnRate);
            // What is given back is an order of its own, so that an order is given back whole or not at all.
            var name = isReturned ? $"{run}-{shown.List}-{place}" : order ??= $"{run}-{shown.List}";
            acts.Add(shown.Purchase(run, place, name, quantity, price));
            if (isReturned)
                acts.Add(shown.Act(run, place, "return"));
            figures = isReturned
                ? figures with { Returns = figures.Returns + 1 }
                : figures with { OrderLines = figures.OrderLines + 1, Units = figures.Units + quantity, Revenue = figures.Revenue + (quantity * price) };
        }

        if (acts.Count > 0)
        {
            await client.PostAsync("/interactions", acts, ct);
            if (random.NextDouble() < RepeatRate)
                await client.PostAsync("/interactions", acts, ct);
        }

        ledger.Add(shown.Placement, figures with { Orders = order is null ? 0 : 1 });
    }

    /// <summary>Of an item that is looked at: every user likes a quarter of the categories, or of the items where these have none, for ever.</summary>
    private double ClickRate(string userId, JsonElement item)
    {
        var about = item.TryGetProperty("item", out var fields) && fields.TryGetProperty("categories", out var categories) && categories.ValueKind == JsonValueKind.Array && categories.GetArrayLength() > 0
            ? categories[0].GetString()!
            : item.GetProperty("itemId").GetString()!;
        return UserHash.Of($"taste {options.Seed} {about.Replace('\0', ' ')}", userId) < 0.25 ? 0.3 : 0.04;
    }

    private static decimal PriceOf(JsonElement item, Random random) =>
        item.TryGetProperty("item", out var fields) && fields.TryGetProperty("price", out var price) && price.ValueKind == JsonValueKind.Number && price.GetDecimal() > 0
            ? Math.Round(price.GetDecimal(), 2)
            : random.Next(500, 10_000) / 100m;

    /// <summary>A list in front of a user.</summary>
    private sealed class Shown(string userId, int visit, JsonElement list)
    {
        public string UserId => userId;

        public string Placement { get; } = list.GetProperty("placement").GetString()!;

        public IReadOnlyList<JsonElement> Items { get; } = [.. list.GetProperty("items").EnumerateArray()];

        /// <summary>Names it within the run.</summary>
        public string List => $"{visit}-{Placement}";

        public object Act(string run, int place, string kind) => new { id = IdOf(run, place, kind), userId, itemId = ItemAt(place), kind, recommendationId = Id };

        public object Purchase(string run, int place, string orderId, int quantity, decimal unitPrice) =>
            new { id = IdOf(run, place, "purchase"), userId, itemId = ItemAt(place), kind = "purchase", recommendationId = Id, orderId, quantity, unitPrice };

        private Guid Id { get; } = list.GetProperty("recommendationId").GetGuid();

        private string IdOf(string run, int place, string kind) => $"{run}-{List}-{place}-{kind}";

        private string ItemAt(int place) => Items[place].GetProperty("itemId").GetString()!;
    }
}
