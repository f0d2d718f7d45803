using RecoService.Engine.Recommending;

namespace RecoService.Engine.Recommending.Histories;

/// <summary>An interaction as the store holds it.</summary>
/// <param name="UserKey">The store's key.</param>
/// <param name="UserId">The external id.</param>
/// <param name="ItemKey">The store's key.</param>
/// <param name="ItemId">The external id.</param>
/// <param name="KindIndex">An index of the kinds table.</param>
/// <param name="Value">The rating, or 0 where the kind has no value.</param>
/// <param name="Time">Unix milliseconds.</param>
public readonly record struct ServedInteraction(int UserKey, string UserId, int ItemKey, string ItemId, byte KindIndex, float Value, long Time)
{
    /// <summary>Of which transaction of the store; <see cref="ReadPoint.Unknown"/> where that is not known.</summary>
    public long Change { get; init; } = ReadPoint.Unknown;
}
