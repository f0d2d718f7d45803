using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reranking;

namespace RecoService.Engine.Recommending;

/// <summary>Some lists in the making, whose blocked items lie side by side, as a model that makes several at once wants them.</summary>
/// <param name="size">The most lists.</param>
/// <param name="filters">What must not be shown.</param>
/// <param name="rules">Makes the rules of one list.</param>
/// <param name="rerankers">What changes the order of the candidates, in this order.</param>
/// <param name="catalogue">Says how many items there are.</param>
internal sealed class CandidateBatch(int size, IItemFilter[] filters, Func<IReadOnlyList<IListRule>> rules, IReranker[] rerankers, LiveCatalogue catalogue)
{
    private readonly CandidateList[] lists = [.. Enumerable.Range(0, size).Select(_ => new CandidateList(filters, [.. rules()], rerankers))];
    private readonly TopK[] best = new TopK[size];
    private ulong[] blocked = [];

    public CandidateList this[int position] => lists[position];

    /// <summary>Of each list.</summary>
    public int WordsPerList { get; private set; }

    /// <summary>n x <see cref="WordsPerList"/>.</summary>
    public ReadOnlySpan<ulong> Blocked => blocked;

    /// <summary>One per list.</summary>
    public ReadOnlySpan<TopK> Best => best;

    /// <summary>Makes room for the items that the catalogue has now.</summary>
    public void Begin()
    {
        WordsPerList = Math.Max(1, catalogue.BlockedWords);
        if (blocked.Length < size * WordsPerList)
            blocked = new ulong[size * WordsPerList];
    }

    /// <summary>Starts one of the lists.</summary>
    public void Begin(int position, in RequestContext context, int limit)
    {
        lists[position].Begin(context, limit, blocked.AsMemory(position * WordsPerList, WordsPerList));
        best[position] = lists[position].Best;
    }
}
