using RecoService.Api.Shops;
using RecoService.Api.Status;
using RecoService.Storage;

namespace RecoService.Api.Gorse;

internal static class GorseHealthEndpoints
{
    public static void MapGorseHealth(this IEndpointRouteBuilder gorse)
    {
        gorse.MapGet("/health/live", async (Shop shop, Health health, CancellationToken cancellationToken) => GorseWire.Of(await CheckAsync(shop, health, cancellationToken))).AllowAnonymous().DisableRateLimiting();
        gorse.MapGet("/health/ready", Ready).AllowAnonymous().DisableRateLimiting();
    }

    /// <summary>Not ready is a 503 with the health as its text, as Gorse answers it.</summary>
    private static async Task<IResult> Ready(Shop shop, Health health, CancellationToken cancellationToken)
    {
        var found = await CheckAsync(shop, health, cancellationToken);
        return found.Ready ? GorseWire.Of(found) : TypedResults.Text(GorseWire.Text(found), statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<GorseHealth> CheckAsync(Shop shop, Health health, CancellationToken cancellationToken)
    {
        string? fault = null;
        try
        {
            await shop.Store.Imports.ListAsync(cursor: null, limit: 1, cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            // Needs no key, so what the database's driver says stays within.
            fault = "The database does not answer.";
        }

        var isServed = (await health.CheckAsync(cancellationToken)).Status != "starting";
        return new GorseHealth(fault is null && isServed, fault, null, fault is null, isServed);
    }
}
