using RecoService.Api.Shops;

namespace RecoService.Api.Commands;

internal static class ShopOfCommand
{
    /// <summary>The shop that a command works on.</summary>
    public static Shop DefaultShop(this WebApplication app) => app.Services.GetRequiredService<ShopDirectory>().Default;
}
