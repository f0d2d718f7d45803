using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecoService.Neural;

/// <summary>
/// How wrong the scores are: the cross-entropy over all items, or over the right one and items drawn at random, whose scores are raised to stand for all; or binary cross-entropy with the right
/// one calibrated (gBCE: Petrov, Macdonald, "gSASRec", RecSys 2023).
/// </summary>
/// <param name="known">The items that can be drawn.</param>
/// <param name="options">The loss, and how many are drawn; 0 takes all of them.</param>
/// <param name="random">Draws.</param>
internal sealed class NextItemLoss(int[] known, SequenceOptions options, Random random)
{
    /// <summary>A score that nobody believes.</summary>
    private const float Never = -1e9f;

    private readonly int negatives = options.Negatives == 0 ? known.Length : Math.Min(options.Negatives, known.Length);

    /// <param name="vectors">n x d.</param>
    /// <param name="targets">n, int64: the right items.</param>
    /// <param name="items">|I| x d.</param>
    /// <returns>The mean loss.</returns>
    public Tensor Of(Tensor vectors, Tensor targets, Tensor items)
    {
        var drawn = tensor(negatives == known.Length ? Array.ConvertAll(known, item => (long)item) : Draw(), device: items.device);
        var right = (vectors * items.index_select(0, targets)).sum(1, keepdim: true);
        var others = vectors.matmul(items.index_select(0, drawn).transpose(0, 1));
        others = others.masked_fill(targets.unsqueeze(1).eq(drawn.unsqueeze(0)), Never);
        if (string.Equals(options.Loss, "gbce", StringComparison.Ordinal))
        {
            var share = (double)negatives / Math.Max(1, known.Length - 1);
            var power = share * ((options.Calibration * (1 - (1 / share))) + (1 / share));
            return (functional.softplus(others).sum(1).mean() + (power * functional.softplus(-right).mean())) / (negatives + 1);
        }

        // Each that was drawn stands for as many as were not, so the sum is, on average, that over all.
        var standsFor = Math.Max(1, (double)(known.Length - 1) / negatives);
        return (logsumexp(cat([right, others + Math.Log(standsFor)], 1), 1, keepdim: true) - right).mean();
    }

    private long[] Draw()
    {
        var drawn = new long[negatives];
        for (var position = 0; position < drawn.Length; position++)
            drawn[position] = known[random.Next(known.Length)];
        return drawn;
    }
}
