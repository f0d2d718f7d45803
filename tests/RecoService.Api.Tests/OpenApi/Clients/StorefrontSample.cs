// A storefront's backend against the generated client: no cast, no null-forgiving operator. The test compiles it with every warning
// an error, and runs it against a service.
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using Shop.Generated;

namespace Shop;

public static class StorefrontSample
{
    public static async Task<string> RunAsync(HttpClient http)
    {
        var client = new RecoClient(http);

        RecommendationResponse list = await client.GetRecommendationsAsync("user-0001", limit: 3);
        List<string> shown = list.Items.Select(item => item.ItemId + " " + item.Score + " " + item.Source).ToList();
        int? version = list.ModelVersion;

        AppendResponse appended = await client.AppendInteractionsAsync(body: new[]
        {
            new InteractionRequest { UserId = "user-0001", ItemId = "item-0007", Kind = "click", RecommendationId = list.RecommendationId },
        });
        int accepted = appended.Accepted;

        await client.PutItemAsync("typed-chair", body: new ItemRequest { Title = "Typed chair", Price = 89.90m, Currency = "EUR", Categories = new[] { "Furniture" } });

        RunResponsePageResponse runs = await client.ListRunsAsync(limit: 1);
        double? ndcg = runs.Items.FirstOrDefault()?.Metrics?.Candidate?.Ndcg;
        int options = runs.Items.FirstOrDefault()?.Options?.Count ?? 0;

        StatusResponse status = await client.GetStatusAsync();
        long? users = status.Counts?.Users;

        string fields = "";
        try
        {
            await client.AppendInteractionsAsync(body: new[] { new InteractionRequest { UserId = "user-0001", ItemId = "item-0007", Kind = "no-such-kind" } });
        }
        catch (ApiException<ProblemDetails> refused)
        {
            ICollection<string> names = refused.Result.Errors?.Keys ?? new List<string>();
            fields = string.Join(",", names);
        }

        return $"{shown.Count} {version} {accepted} {ndcg > 0} {options > 0} {users > 0} {fields}";
    }
}
