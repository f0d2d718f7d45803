using RecoService.Engine.Recommending;

namespace RecoService.Engine.Recommending.Histories;

/// <param name="ItemIndex">An item index of the serving state.</param>
/// <param name="KindIndex">An index of the kinds table.</param>
/// <param name="Value">The rating, or 0 where the kind has no value.</param>
/// <param name="Time">Unix milliseconds.</param>
public readonly record struct LiveInteraction(int ItemIndex, byte KindIndex, float Value, long Time)
{
    /// <summary>Of which transaction of the store; <see cref="ReadPoint.Unknown"/> where that is not known. It does not tell interactions apart.</summary>
    public long Change { get; init; } = ReadPoint.Unknown;

    public bool Equals(LiveInteraction other) =>
        ItemIndex == other.ItemIndex && KindIndex == other.KindIndex && Value.Equals(other.Value) && Time == other.Time;

    public override int GetHashCode() => HashCode.Combine(ItemIndex, KindIndex, Value, Time);
}
