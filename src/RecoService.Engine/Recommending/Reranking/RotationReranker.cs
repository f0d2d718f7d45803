using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>
/// An item that was shown so often to the user, and that they did nothing with, steps back behind all others until it has not been shown for a while; its value
/// falls by 2, below all others. Once back in a list it steps back again after every further time, until <see cref="ShownItems"/> forgets it. Nothing changes for somebody whom the
/// store does not know.
/// </summary>
/// <param name="shown">What was shown to whom.</param>
/// <param name="shownLimit">So many times are too often; at least 1.</param>
/// <param name="period">For how long it steps back after it was shown last; above 0.</param>
/// <param name="userKeyOf">The store's key of a user index: <c>LiveIdMap.KeyOf</c> of the serving state.</param>
/// <param name="itemKeyOf">The same of an item index.</param>
internal sealed class RotationReranker(ShownItems shown, int shownLimit, TimeSpan period, Func<int, int> userKeyOf, Func<int, int> itemKeyOf) : IReranker
{
    private const float BelowAll = 2;

    private readonly int shownLimit = shownLimit >= 1 ? shownLimit : throw new ArgumentOutOfRangeException(nameof(shownLimit), shownLimit, "An item is shown once at least.");
    private readonly long period = period > TimeSpan.Zero ? (long)period.TotalMilliseconds : throw new ArgumentOutOfRangeException(nameof(period), period, "A period is longer than 0.");

    public void Rerank(in RequestContext context, CandidatePool pool, int limit)
    {
        if (context.User.UserIndex < 0)
            return;
        var row = shown.Of(userKeyOf(context.User.UserIndex));
        if (row.IsEmpty)
            return;
        var values = pool.Values;
        var anyBack = false;
        for (var position = 0; position < values.Length; position++)
        {
            if (row.CountOf(itemKeyOf(pool.Candidates[position].ItemIndex), context.Now - period) < shownLimit)
                continue;
            values[position] -= BelowAll;
            anyBack = true;
        }

        if (anyBack)
            pool.Sort();
    }
}
