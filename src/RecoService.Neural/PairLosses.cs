using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecoService.Neural;

internal static class PairLosses
{
    /// <summary>Binary cross-entropy: the right score is that of a pair that happened, the others are of pairs that did not. He et al., WWW 2017.</summary>
    /// <param name="right">n x 1.</param>
    /// <param name="others">n x k.</param>
    public static Tensor OfProbabilities(Tensor right, Tensor others) => (functional.softplus(-right).sum(1) + functional.softplus(others).sum(1)).mean() / (1 + others.shape[1]);
}
