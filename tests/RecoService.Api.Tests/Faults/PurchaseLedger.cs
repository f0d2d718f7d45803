using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RecoService.Api.Tests.Service;

namespace RecoService.Api.Tests.Faults;

/// <summary>A shop's till: sends purchases as a client does who believes the answers, and afterwards counts each of them in the store.</summary>
internal sealed class PurchaseLedger(TestDatabase database)
{
    private readonly List<string> orders = [];

    /// <summary>How often an answer said that its outcome is unknown, and that nothing was changed.</summary>
    public int Unknown { get; private set; }

    public int Unchanged { get; private set; }

    /// <summary>Sends a purchase without an id until it is acknowledged: again as it was where nothing was changed, and with the id of the answer where that is unknown.</summary>
    public async Task BuyAsync(HttpClient client, string order)
    {
        orders.Add(order);
        var purchase = new JsonObject { ["userId"] = "buyer", ["itemId"] = "i", ["kind"] = "purchase", ["orderId"] = order };
        while (true)
        {
            using var content = new StringContent(new JsonArray(purchase.DeepClone()).ToJsonString(), Encoding.UTF8, "application/json");
            using var response = await client.PostAsync("/interactions", content);
            if (response.StatusCode == HttpStatusCode.OK)
                return;
            var problem = await response.ReadJsonAsync(HttpStatusCode.ServiceUnavailable);
            if (problem.GetProperty("outcome").GetString() == "unknown")
            {
                Assert.Equal("urn:recoservice:problem:outcome-unknown", problem.GetProperty("type").GetString());
                purchase["id"] = problem.GetProperty("ids")[0].GetString();
                Unknown++;
            }
            else
            {
                Assert.Equal("none", problem.GetProperty("outcome").GetString());
                Assert.Contains("Nothing was changed", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
                Unchanged++;
            }
        }
    }

    /// <summary>The orders that are not stored exactly once, and how often they are.</summary>
    public async Task<List<string>> FaultsAsync()
    {
        List<string> faults = [];
        foreach (var order in orders)
        {
            var count = await database.CountAsync($"SELECT count(*) FROM interactions WHERE order_id = '{order}'");
            if (count != 1)
                faults.Add($"{order}: {count}");
        }

        return faults;
    }
}
