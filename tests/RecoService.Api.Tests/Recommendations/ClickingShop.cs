using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Service;

namespace RecoService.Api.Tests.Recommendations;

/// <summary>
/// A shop that only speaks HTTP and whose users click with known probabilities: (look at the position) x (the item's own) x (twice in the user's own category) x (half by phone). They buy four in ten
/// of what they click.
/// </summary>
internal sealed class ClickingShop(int seed)
{
    public const int Items = 20;
    public const int Users = 60;

    /// <summary>A placement of all items in the order of chance.</summary>
    public static readonly string[] Settings =
    [
        "--Reco:Placements:mixed:Sources=popular", "--Reco:Placements:mixed:Variety=1", "--Reco:Placements:mixed:AllowConsumed=true", "--Reco:Prediction:OutcomeDelay=00:00:00", "--Reco:Attribution:Interval=1.00:00:00",
        "--Reco:Retraining:Recommender=popularity", "--Reco:Placements:earning:Sources=popular", "--Reco:Placements:earning:AllowConsumed=true", "--Reco:Placements:earning:Objective=revenue",
        "--Reco:Placements:plain:Sources=popular", "--Reco:Placements:plain:AllowConsumed=true", "--Reco:Prediction:CostAttribute=unitCost",
    ];

    private static readonly double[] Looks = [1, 0.8, 0.65, 0.5, 0.4, 0.35, 0.3, 0.25];

    private readonly Random random = new(seed);

    public int Shown { get; private set; }

    public int Clicks { get; private set; }

    public int Purchases { get; private set; }

    public static string Item(int number) => $"i{number:00}";

    public static double ClickProbability(int user, int item, bool byPhone) => (0.03 + (0.2 * (item % 5) / 4)) * (user % 2 == item % 2 ? 2 : 1) * (byPhone ? 0.5 : 1);

    /// <summary>What is dear leaves the least: from a tenth to nine tenths of the price.</summary>
    public static double CostOf(int item) => PriceOf(item) * (0.1 + (0.8 * (PriceOf(item) - 5) / Items));

    public static double PriceOf(int item) => 5 + (item * 7 % Items);

    public async Task StockAsync(TestService service)
    {
        for (var item = 0; item < Items; item++)
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{Item(item)}", JsonSerializer.Serialize(new { price = PriceOf(item), currency = "EUR", categories = new[] { item % 2 == 0 ? "Even" : "Odd" }, attributes = new { unitCost = CostOf(item) } }), HttpStatusCode.Created);
        await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(0, Users).SelectMany(user => Enumerable.Range(0, 4).Select(number => new { userId = $"u{user}", itemId = Item((user % 2) + (2 * ((user + (3 * number)) % (Items / 2)))), kind = "view" }))]);
    }

    /// <summary>Shows lists, a while from one to the next, and sends what users do with them.</summary>
    public async Task ShowAsync(TestService service, int lists, Action passTime)
    {
        var acts = new List<object>();
        for (var list = 0; list < lists; list++)
        {
            passTime();
            var (user, byPhone) = (random.Next(Users), random.Next(2) == 0);
            var answer = await service.Storefront.SendJsonAsync(
                HttpMethod.Post, "/recommendations", JsonSerializer.Serialize(new { userId = $"u{user}", placement = "mixed", limit = Looks.Length, seed = list + 1, context = new { device = byPhone ? "phone" : "desktop" } }));
            var (recommendationId, position) = (answer.GetProperty("recommendationId").GetGuid(), 0);
            foreach (var item in answer.GetProperty("items").EnumerateArray())
            {
                var itemId = item.GetProperty("itemId").GetString()!;
                Shown++;
                if (random.NextDouble() >= Looks[position++] * ClickProbability(user, int.Parse(itemId[1..]), byPhone))
                    continue;
                Clicks++;
                acts.Add(new { userId = $"u{user}", itemId, kind = "click", recommendationId });
                if (random.NextDouble() >= 0.4)
                    continue;
                Purchases++;
                acts.Add(new { userId = $"u{user}", itemId, kind = "purchase", recommendationId, unitPrice = PriceOf(int.Parse(itemId[1..])) });
            }

            if (acts.Count > 50 || list == lists - 1)
            {
                await service.Storefront.PostInteractionsAsync([.. acts]);
                acts.Clear();
            }
        }
    }
}
