using RecoService.Api.Security;

namespace RecoService.Api.Shops;

/// <summary>The shops of this process. Disposing it disposes them.</summary>
/// <param name="shops">At least one; the first is the one of requests that name none.</param>
internal sealed class ShopDirectory(params IReadOnlyList<Shop> shops) : IAsyncDisposable
{
    public IReadOnlyList<Shop> All => shops;

    public Shop Default => shops[0];

    /// <summary>The shop that a request belongs to: the one place that says so.</summary>
    public Shop Of(HttpContext context) => Default;

    /// <summary>The keys of that shop.</summary>
    public ApiKeyRing KeysOf(HttpContext context) => Of(context).Keys;

    public async ValueTask DisposeAsync()
    {
        foreach (var shop in shops)
            await shop.DisposeAsync();
    }
}
