using System.Net.Http.Json;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Memory;
using RecoService.WebConsole.Calls;
using RecoService.WebConsole.Sessions;

namespace RecoService.WebConsole.Storefront;

/// <summary>A call of the API that a page of the demo storefront made.</summary>
/// <param name="Method">Of HTTP.</param>
/// <param name="Path">With its query.</param>
/// <param name="Body">As sent, indented; null without one.</param>
/// <param name="Status">Of the answer.</param>
/// <param name="Milliseconds">How long it took.</param>
public sealed record StorefrontCall(string Method, string Path, string? Body, int Status, double Milliseconds);

/// <summary>What lies in a basket.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="RecommendationId">The list that it was found in; null where it was not.</param>
internal sealed record BasketLine(string ItemId, Guid? RecommendationId);

/// <summary>
/// Whoever looks at the demo storefront: who they say they are, their basket, and the calls that the shop makes for them, which are those of a real shop.
/// Baskets live in memory for as long as somebody uses them.
/// </summary>
internal sealed class Shopper(IConsoleHost host, Visit visit, IMemoryCache cache, TimeProvider time)
{
    /// <summary>Where the storefront stands.</summary>
    public const string Path = "/demo";

    private const string NameCookie = "recoservice-demo-user";
    private const string BasketCookie = "recoservice-demo-basket";
    private const int MostLines = 50;
    private const int LongestName = 100;

    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(30);
    private static readonly JsonSerializerOptions Shown = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private List<StorefrontCall>? calls;
    private string? basketId;

    /// <summary>Another call was made.</summary>
    public event EventHandler? Called;

    /// <summary>The calls of this page, those of the form that led here first.</summary>
    public IReadOnlyList<StorefrontCall> Calls => OwnCalls;

    private List<StorefrontCall> OwnCalls
    {
        get
        {
            if (calls is null)
            {
                calls = [.. Kept.CallsBefore];
                Kept.CallsBefore = [];
            }

            return calls;
        }
    }

    /// <summary>The customer; null for a visitor whom the shop does not know.</summary>
    public string? UserId => visit.Context.Request.Cookies[NameCookie] is { Length: > 0 and <= LongestName } name ? name : null;

    public IReadOnlyList<BasketLine> Basket => Kept.Lines;

    private Keep Kept => cache.GetOrCreate(("basket", BasketId), entry =>
    {
        entry.SlidingExpiration = KeptFor;
        return new Keep();
    })!;

    /// <summary>Made up at the first visit.</summary>
    private string BasketId
    {
        get
        {
            if (basketId is null)
            {
                basketId = visit.Context.Request.Cookies[BasketCookie] is { Length: 32 } known && known.All(char.IsAsciiHexDigitLower) ? known : Guid.NewGuid().ToString("N");
                SetCookie(BasketCookie, basketId);
            }

            return basketId;
        }
    }

    /// <summary>From now on they are this customer; nobody for an empty name.</summary>
    public void SignIn(string? name)
    {
        name = name?.Trim();
        if (string.IsNullOrEmpty(name) || name.Length > LongestName)
            visit.Context.Response.Cookies.Delete(NameCookie);
        else
            SetCookie(NameCookie, name);
    }

    /// <summary>Shows calls on the next page, too: a form leads there.</summary>
    /// <param name="from">The first of them.</param>
    public void KeepCalls(int from) => Kept.CallsBefore = [.. OwnCalls.Skip(from)];

    public void Put(BasketLine line)
    {
        lock (Kept)
            Kept.Lines = [.. Kept.Lines.Where(other => other.ItemId != line.ItemId).TakeLast(MostLines - 1), line];
    }

    public void Remove(string itemId)
    {
        lock (Kept)
            Kept.Lines = [.. Kept.Lines.Where(line => line.ItemId != itemId)];
    }

    public void Empty() => Kept.Lines = [];

    /// <exception cref="ApiException">The API refused, or failed.</exception>
    public Task<T> GetAsync<T>(string path) => SendAsync<T>(HttpMethod.Get, path, null);

    /// <exception cref="ApiException">The API refused, or failed.</exception>
    public Task<T> PostAsync<T>(string path, object body) => SendAsync<T>(HttpMethod.Post, path, body);

    /// <summary>Stores what the customer did; of a visitor nothing is stored.</summary>
    /// <exception cref="ApiException">The API refused, or failed.</exception>
    public async Task ActAsync(params object[] acts)
    {
        if (UserId is not null && acts.Length > 0)
            await PostAsync<JsonElement>("/interactions", acts);
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.AcceptLanguage.ParseAdd(visit.Language);
        if (body is not null)
            request.Content = JsonContent.Create(body, options: Shown);
        var started = time.GetTimestamp();
        using var response = await host.SendAsStorefrontAsync(visit.Context, request, visit.Context.RequestAborted);
        OwnCalls.Add(new StorefrontCall(method.Method, path, body is null ? null : JsonSerializer.Serialize(body, Shown), (int)response.StatusCode, time.GetElapsedTime(started).TotalMilliseconds));
        Called?.Invoke(this, EventArgs.Empty);
        return response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync<T>(Shown, visit.Context.RequestAborted))!
            : throw new ApiException(await ApiProblem.OfAsync(response, visit.Context.RequestAborted));
    }

    private void SetCookie(string name, string value) => visit.Context.Response.Cookies.Append(name, value, new CookieOptions
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = visit.Context.Request.IsHttps,
        IsEssential = true,
        Path = visit.Context.Request.PathBase.HasValue ? visit.Context.Request.PathBase.Value! : "/",
    });

    private sealed class Keep
    {
        public IReadOnlyList<BasketLine> Lines { get; set; } = [];

        public IReadOnlyList<StorefrontCall> CallsBefore { get; set; } = [];
    }
}
