namespace RecoService.Engine.Recommending;

/// <param name="ItemIndex">An item index of the serving state.</param>
/// <param name="KindIndex">An index of the kinds table.</param>
/// <param name="Value">The rating, or 0 where the kind has no value.</param>
/// <param name="Time">Unix milliseconds.</param>
public readonly record struct LiveInteraction(int ItemIndex, byte KindIndex, float Value, long Time);
