using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>A source that depends on the user's history and on what is blocked, and on nothing else of the request: it is asked again when one of them has changed.</summary>
/// <param name="source">Who is asked.</param>
/// <param name="lists">What it has said lately; another retriever of the same source may use it, too.</param>
internal sealed class RememberingRetriever(IRetriever source, RememberedLists lists) : IRetriever
{
    public string Name => source.Name;

    /// <summary>Whom it asks.</summary>
    public IRetriever Source => source;

    public string SourceOf(in RequestContext context, int itemIndex) => source.SourceOf(context, itemIndex);

    public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best)
    {
        if (context.User.UserIndex < 0 || context.HistoryVersion is not { } version || best.Count > 0)
        {
            source.Collect(context, blocked, best);
            return;
        }

        var hash = Bits.HashOf(blocked);
        if (lists.TryRecall(context.User.UserIndex, version, hash, best))
            return;
        source.Collect(context, blocked, best);
        lists.Keep(context.User.UserIndex, version, hash, best);
    }
}
