using TorchSharp;
using static TorchSharp.torch;

namespace RecoService.Neural;

/// <summary>Users whose last item was kept out of training, and how near to the top of all items a model puts it.</summary>
/// <param name="sequences">With the last items.</param>
/// <param name="users">Who is judged.</param>
/// <param name="known">The items that can be ranked.</param>
/// <param name="maxLength">How many of the newest items are read.</param>
internal sealed class HeldOut(Sequences sequences, int[] users, int[] known, int maxLength)
{
    private const int CutOff = 10;
    private const int UsersAtOnce = 256;

    private readonly bool[] isKnown = [.. Enumerable.Range(0, sequences.ItemCount).Select(item => Array.BinarySearch(known, item) >= 0)];

    public int Count => users.Length;

    /// <summary>The mean nDCG@10 of the kept item among all that the user does not have.</summary>
    public double Judge(ISequenceNetwork network)
    {
        using var still = no_grad();
        var sum = 0.0;
        // Sorted, so that each batch is of about one length.
        foreach (var batch in users.OrderBy(user => sequences.OfUsers[user].Length).ThenBy(user => user).Chunk(UsersAtOnce))
        {
            using var scope = NewDisposeScope();
            sum += SumOver(network, batch);
        }

        return sum / Math.Max(1, users.Length);
    }

    private double SumOver(ISequenceNetwork network, int[] batch)
    {
        var device = network.Items.device;
        var histories = Array.ConvertAll(batch, user => sequences.OfUsers[user][..^1]);
        var windows = Array.ConvertAll(histories, items => items[^Math.Min(items.Length, maxLength)..]);
        var length = windows.Max(window => window.Length);
        var inputs = new long[batch.Length * length];
        for (var row = 0; row < windows.Length; row++)
        {
            for (var place = 0; place < windows[row].Length; place++)
                inputs[(row * length) + place] = windows[row][place];
        }

        var lasts = tensor(windows.Select((window, row) => (long)((row * length) + window.Length - 1)).ToArray(), device: device);
        var vectors = network.Encode(tensor(inputs, device: device).view(batch.Length, length), isTraining: false).reshape(batch.Length * length, -1).index_select(0, lasts);
        var scores = vectors.matmul(network.Items.transpose(0, 1)).cpu().contiguous().data<float>().ToArray();
        var (items, sum) = (sequences.ItemCount, 0.0);
        for (var row = 0; row < batch.Length; row++)
            sum += GainOf(scores.AsSpan(row * items, items), sequences.OfUsers[batch[row]][^1], histories[row]);
        return sum;
    }

    private double GainOf(Span<float> scores, int target, int[] history)
    {
        foreach (var item in history)
            scores[item] = float.NegativeInfinity;
        var above = 0;
        for (var item = 0; item < scores.Length; item++)
            above += isKnown[item] && item != target && scores[item] >= scores[target] ? 1 : 0;
        return isKnown[target] && above < CutOff ? 1 / Math.Log2(above + 2) : 0;
    }
}
