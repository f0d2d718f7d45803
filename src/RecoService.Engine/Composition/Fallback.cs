using System.Buffers;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Composition;

/// <summary>A part that knows what the ranked parts do not propose. Its scores keep their order and lie within -f..-f + 1 for fallback number f, below everything ranked from 0 up.</summary>
/// <param name="model">Over the key maps of the whole.</param>
/// <param name="number">f, from 1, in the order in which fallbacks are asked.</param>
internal sealed class Fallback(IScorer model, int number)
{
    /// <summary>What its scores lie above.</summary>
    public float Floor => -number;

    /// <summary>Offers its best items.</summary>
    /// <param name="user">Who is asked about.</param>
    /// <param name="blocked">A bit per item index, set = leave out.</param>
    /// <param name="workspace">To compute in; its candidates stay as they are.</param>
    /// <param name="best">Keeps the highest scores.</param>
    /// <returns>What it offered; valid until the workspace is used again.</returns>
    public ReadOnlySpan<int> OfferTo(TopK best, in UserHistory user, ReadOnlySpan<ulong> blocked, CandidateSet workspace)
    {
        var items = workspace.RetrieveBeside(model, user, blocked, best.Capacity, out var scores);
        for (var position = 0; position < items.Length; position++)
            best.Offer(items[position], Lowered(scores[position]));
        return items;
    }

    /// <summary>Scores those of some items that have no score yet.</summary>
    public void FillIn(in UserHistory user, ReadOnlySpan<int> items, Span<float> scores)
    {
        var rented = ArrayPool<float>.Shared.Rent(items.Length);
        model.Score(user, items, rented.AsSpan(0, items.Length));
        for (var position = 0; position < items.Length; position++)
        {
            if (float.IsNaN(scores[position]) && !float.IsNaN(rented[position]))
                scores[position] = Lowered(rented[position]);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>Any score as 0..1 above the floor, in the same order.</summary>
    private float Lowered(float score) => Floor + (0.5f + (0.5f * score / (1 + Math.Abs(score))));
}
