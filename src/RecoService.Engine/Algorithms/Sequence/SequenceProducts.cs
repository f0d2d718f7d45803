using RecoService.Engine.Algorithms.ItemWeights;

namespace RecoService.Engine.Algorithms.Sequence;

/// <summary>G = (1 - a) S^T S + a X^T X and R = (1 - a) S^T Y + a X^T X of <see cref="SequenceTrainer"/>.</summary>
/// <param name="Moments">S and Y.</param>
/// <param name="OrderFreeShare">a, 0..1.</param>
internal readonly record struct SequenceProducts(HistoryMoments Moments, float OrderFreeShare) : IEntryProducts<int>
{
    public int InputOf(int entry) => entry;

    public float OfInputs(int first, int second) => ((1 - OrderFreeShare) * Moments.InputProduct(first, second)) + OrderFreeShare;

    public float OfTarget(int input, int target) => ((1 - OrderFreeShare) * Moments.InputBefore(input, target)) + OrderFreeShare;
}
