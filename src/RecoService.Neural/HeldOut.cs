using TorchSharp;
using static TorchSharp.torch;

namespace RecoService.Neural;

/// <summary>Users whose last item was kept out of training, and how near to the top of all items a model puts it.</summary>
/// <param name="sequences">With the last items.</param>
/// <param name="users">Who is judged.</param>
/// <param name="known">The items that can be ranked.</param>
internal sealed class HeldOut(Sequences sequences, int[] users, int[] known)
{
    private const int CutOff = 10;
    private const int MostAtOnce = 256;

    private readonly bool[] isKnown = [.. Enumerable.Range(0, sequences.ItemCount).Select(item => Array.BinarySearch(known, item) >= 0)];

    public int Count => users.Length;

    /// <summary>The mean nDCG@10 of the kept item among all that the user does not have.</summary>
    /// <param name="scoresOf">Of users all items: users x |I|.</param>
    /// <param name="heap">Settles after each batch.</param>
    public double Judge(Func<int[], Tensor> scoresOf, QuietHeap heap)
    {
        using var still = no_grad();
        var (sum, atOnce) = (0.0, Math.Clamp(QuietHeap.MostValues / Math.Max(1, sequences.ItemCount), 1, MostAtOnce));
        // Sorted, so that each batch is of about one length.
        foreach (var batch in users.OrderBy(user => sequences.OfUsers[user].Length).ThenBy(user => user).Chunk(atOnce))
        {
            using (NewDisposeScope())
                sum += SumOver(scoresOf(batch), batch);
            heap.Settle();
        }

        return sum / Math.Max(1, users.Length);
    }

    private double SumOver(Tensor scored, int[] batch)
    {
        var scores = scored.cpu().contiguous().data<float>().ToArray();
        var (items, sum) = (sequences.ItemCount, 0.0);
        for (var row = 0; row < batch.Length; row++)
            sum += GainOf(scores.AsSpan(row * items, items), sequences.OfUsers[batch[row]][^1], sequences.OfUsers[batch[row]].AsSpan()[..^1]);
        return sum;
    }

    private double GainOf(Span<float> scores, int target, ReadOnlySpan<int> history)
    {
        foreach (var item in history)
            scores[item] = float.NegativeInfinity;
        var above = 0;
        for (var item = 0; item < scores.Length; item++)
            above += isKnown[item] && item != target && scores[item] >= scores[target] ? 1 : 0;
        return isKnown[target] && above < CutOff ? 1 / Math.Log2(above + 2) : 0;
    }
}
