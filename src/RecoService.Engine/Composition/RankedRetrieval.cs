using System.Collections.Concurrent;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Composition;

/// <summary>
/// The one place that retrieves and ranks: each part retrieves its best items on its fast path, every part scores the union exactly, and the ranker puts that in order. Costs the
/// retrievals and some hundred scores, whatever the size of the catalogue. Requests and evaluation both come through here.
/// </summary>
/// <param name="itemCount">|I|.</param>
/// <param name="parts">What retrieves.</param>
/// <param name="ranker">What puts the candidates in order.</param>
/// <param name="depth">How many of its best items each part proposes, at least 1; a longer list has more of each.</param>
internal sealed class RankedRetrieval(int itemCount, IReadOnlyList<ModelPart> parts, IRanker ranker, int depth)
{
    private readonly ConcurrentQueue<Workspace> idle = new();

    /// <summary>What one request at a time computes in.</summary>
    public Workspace Take() => idle.TryDequeue(out var workspace) ? workspace : new Workspace(itemCount);

    public void Return(Workspace workspace) => idle.Enqueue(workspace);

    /// <summary>Retrieves and ranks.</summary>
    /// <param name="user">Who is asked about.</param>
    /// <param name="blocked">A bit per item index, set = leave out; bits beyond its end count as unset.</param>
    /// <param name="length">The longest list that is wanted.</param>
    /// <param name="workspace">From <see cref="Take"/>.</param>
    /// <returns>The ranked candidates; valid until the workspace is used again.</returns>
    public CandidateSet Run(in UserHistory user, ReadOnlySpan<ulong> blocked, int length, Workspace workspace)
    {
        var candidates = workspace.Candidates;
        if (!ranker.RanksAgainstOwnList)
        {
            candidates.Retrieve(parts, user, blocked, Math.Max(depth, length), depth, exactly: false);
            ranker.Rank(user, candidates, candidates);
            return candidates;
        }

        var own = workspace.OwnList(parts, user, depth);
        if (length <= depth && workspace.IsOwnMask(blocked))
            candidates = own;
        else
            candidates.Retrieve(parts, user, blocked, Math.Max(depth, length), depth, exactly: true);
        ranker.Rank(user, candidates, own);
        return candidates;
    }

    /// <summary>The scores of any items; NaN for what is no candidate, where only these are ranked, or what nothing is known of.</summary>
    public void Score(in UserHistory user, ReadOnlySpan<int> items, Span<float> scores)
    {
        var workspace = Take();
        if (ranker.RanksAgainstOwnList)
        {
            workspace.Candidates.Assign(parts, user, items);
            ranker.Rank(user, workspace.Candidates, workspace.OwnList(parts, user, depth));
            workspace.Candidates.Scores.CopyTo(scores);
        }
        else
        {
            var candidates = Run(user, [], length: 0, workspace);
            for (var position = 0; position < items.Length; position++)
                scores[position] = candidates[items[position]];
        }

        Return(workspace);
    }

    /// <summary>By how much scores rise with those of each part, for the candidates of a user when nothing is left out; see <see cref="IRanker.TrySlopes"/>.</summary>
    public bool TrySlopes(in UserHistory user, Span<float> slopes)
    {
        if (ranker.RanksAgainstOwnList)
            return false;
        var workspace = Take();
        var isSum = ranker.TrySlopes(Run(user, [], length: 0, workspace), slopes);
        Return(workspace);
        return isSum;
    }

    /// <summary>The candidates of a request and, where they are ranked against it, the user's own list.</summary>
    internal sealed class Workspace(int itemCount)
    {
        private readonly ulong[] history = new ulong[Bits.WordsFor(itemCount)];
        private CandidateSet? own;

        public CandidateSet Candidates { get; } = new(itemCount);

        /// <summary>A bit per item, all unset between two uses.</summary>
        public ulong[] Taken { get; } = new ulong[Bits.WordsFor(itemCount)];

        /// <summary>What the parts propose when the history alone is left out.</summary>
        public CandidateSet OwnList(IReadOnlyList<ModelPart> parts, in UserHistory user, int depth)
        {
            history.AsSpan().Clear();
            foreach (var item in user.Items)
                Bits.Set(history, item);
            own ??= new CandidateSet(itemCount);
            own.Retrieve(parts, user, history, depth, depth, exactly: true);
            return own;
        }

        /// <summary>Whether a mask is the one of the last own list; bits beyond an end count as unset.</summary>
        public bool IsOwnMask(ReadOnlySpan<ulong> blocked)
        {
            var shared = Math.Min(blocked.Length, history.Length);
            return blocked[..shared].SequenceEqual(history.AsSpan(0, shared)) && !blocked[shared..].ContainsAnyExcept(0UL) && !history.AsSpan(shared).ContainsAnyExcept(0UL);
        }
    }
}
