using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending;

/// <summary>Some lists in the making, whose blocked items lie side by side, as a model that makes several at once wants them.</summary>
/// <param name="size">The most lists.</param>
/// <param name="filters">What must not be shown.</param>
/// <param name="catalogue">Says how many items there are, and which are variants of one article.</param>
internal sealed class CandidateBatch(int size, IReadOnlyList<IItemFilter> filters, LiveCatalogue catalogue)
{
    private readonly CandidateList[] lists = [.. Enumerable.Range(0, size).Select(_ => new CandidateList(filters, catalogue))];
    private readonly TopK[] best = new TopK[size];
    private ulong[] blocked = [];

    public CandidateList this[int place] => lists[place];

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
    public void Begin(int place, in RequestContext context, int limit, long now)
    {
        lists[place].Begin(context, limit, now, blocked.AsMemory(place * WordsPerList, WordsPerList));
        best[place] = lists[place].Best;
    }
}
