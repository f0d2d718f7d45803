using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RecoService.Neural;

/// <summary>Passes over the data until the held-out items gain no more, after which the parameters are those of the best pass.</summary>
/// <param name="most">How many passes.</param>
/// <param name="patience">How many without a gain.</param>
/// <param name="heldOut">Judges; with nobody in it all passes are made, and the last is the best.</param>
/// <param name="parameters">All that is learned.</param>
/// <param name="progress">Is told how far it is, and how good.</param>
/// <param name="heap">Settles after each step.</param>
internal sealed class Passes(int most, int patience, HeldOut heldOut, IReadOnlyList<Parameter> parameters, ProgressWriter progress, QuietHeap heap)
{
    /// <param name="pass">Makes a pass, and says how much of it is done.</param>
    /// <param name="scoresOf">Of users all items: users x |I|.</param>
    public void Run(Action<Action<double>> pass, Func<int[], Tensor> scoresOf)
    {
        var stage = "training";
        var (best, bestPass, bestValues) = (double.NegativeInfinity, -1, (Tensor[]?)null);
        for (var done = 0; done < most; done++)
        {
            var (before, shown) = (done, stage);
            pass(part =>
            {
                progress.Report(shown, (before + part) / most);
                heap.Settle();
            });
            if (heldOut.Count == 0)
                continue;
            var quality = heldOut.Judge(scoresOf, heap);
            stage = FormattableString.Invariant($"training, nDCG@10 of held-out items {quality:0.0000}");
            if (quality > best)
                (best, bestPass) = (quality, done);
            // Of passes that are as good the last has learned the most.
            if (quality >= best)
                bestValues = Copy(bestValues);
            if (done - bestPass >= patience)
                break;
        }

        if (bestValues is null)
            return;
        using var still = no_grad();
        for (var position = 0; position < bestValues.Length; position++)
            parameters[position].copy_(bestValues[position]);
    }

    private Tensor[] Copy(Tensor[]? replaced)
    {
        foreach (var old in replaced ?? [])
            old.Dispose();
        return [.. parameters.Select(parameter => parameter.detach().clone())];
    }
}
