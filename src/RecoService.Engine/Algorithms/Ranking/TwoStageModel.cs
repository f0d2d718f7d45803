using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>
/// The first stage finds candidates, and a ranker puts them in order by <see cref="UserItemFeatures"/>, standardised within the list of the user's best candidates that
/// are not in their history. Every item that the first stage knows has a score, by its place beside that list; lists hold none but candidates.
/// </summary>
public sealed class TwoStageModel : IHistoryScorer, IServedScorer, ISimilarItems, ISimilarUsers, IStored
{
    private readonly UserItemFeatures features;

    /// <param name="first">Finds the candidates; its key maps are the model's.</param>
    /// <param name="features">Of those items.</param>
    /// <param name="ranker">Puts them in order.</param>
    /// <param name="candidates">How many candidates are put in order.</param>
    internal TwoStageModel(IScorer first, UserItemFeatures features, IRanker ranker, int candidates)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.LogUsers.Length, first.Items.Count, nameof(features));
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.LogPrices.Length, first.Items.Count, nameof(features));
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.LastDays.Length, first.Items.Count, nameof(features));
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.Categories.RowCount, first.Items.Count, nameof(features));
        ArgumentOutOfRangeException.ThrowIfLessThan(candidates, 1);
        First = first;
        this.features = features;
        Ranker = ranker;
        Candidates = candidates;
    }

    /// <summary>How these models are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<TwoStageModel>("two-stage", 2, Read);

    public KeyMap Users => First.Users;

    public KeyMap Items => First.Items;

    /// <summary>The first stage.</summary>
    public IScorer First { get; }

    /// <summary>The second stage.</summary>
    public IRanker Ranker { get; }

    /// <summary>How many candidates are put in order, or as many as are asked for if that is more.</summary>
    public int Candidates { get; }

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        First.Score(user, itemIndexes, scores);
        Rank(user, itemIndexes, scores, MomentsOf(user, Propose(user, HistoryOf(user), Candidates)));
    }

    public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        // What the features are held against is the user's own list, so that an item's score is the same under every filter.
        var history = HistoryOf(user);
        var own = Propose(user, history, Candidates);
        var (items, scores) = best.Capacity <= Candidates && IsSame(blocked, history) ? own : Propose(user, blocked, Math.Max(Candidates, best.Capacity));
        Rank(user, items, scores, MomentsOf(user, own));
        for (var place = 0; place < items.Length; place++)
            best.Offer(items[place], scores[place]);
    }

    public void RetrieveSimilarItems(int itemIndex, ReadOnlySpan<ulong> blocked, TopK best) =>
        (First as ISimilarItems)?.RetrieveSimilarItems(itemIndex, blocked, best);

    public void RetrieveSimilarUsers(int userIndex, TopK best) => (First as ISimilarUsers)?.RetrieveSimilarUsers(userIndex, best);

    public bool IsSound() => First.IsSound() && features.IsSound() && Ranker.IsSound();

    public IScorer Rebase(KeyMap users, KeyMap items) =>
        new TwoStageModel(First.Rebase(users, items), features.Rebase(Items, items), Ranker.Rebase(Users, users, Items, items), Candidates);

    public IScorer WithHistories(InteractionDataset histories) =>
        First is IHistoryScorer scorer ? new TwoStageModel(scorer.WithHistories(histories), features, Ranker, Candidates) : this;

    public IScorer ForServing() => First is IServedScorer scorer ? new TwoStageModel(scorer.ForServing(), features, Ranker, Candidates) : this;

    StoredFormat IStored.Format => Format;

    void IStored.Write(ChecksummedWriter writer)
    {
        writer.WritePart(First);
        features.Write(writer);
        writer.WritePart(Ranker);
        writer.WriteInt32(Candidates);
    }

    internal static Func<TwoStageModel> Read(ChecksummedReader reader)
    {
        var first = reader.ReadPart<IScorer>();
        var readFeatures = UserItemFeatures.Read(reader);
        var ranker = reader.ReadPart<IRanker>();
        var candidates = reader.ReadInt32();
        return () => new TwoStageModel(first(), readFeatures(), ranker(), candidates);
    }

    /// <summary>Puts a ranker's scores in the place of the first stage's; what that does not know stays unknown.</summary>
    private void Rank(in UserHistory user, ReadOnlySpan<int> items, Span<float> scores, ListMoments? moments)
    {
        if (moments is null)
            return;
        var rows = new float[items.Length * UserItemFeatures.Count];
        features.Fill(user, items, scores, rows);
        moments.Standardise(rows);
        var ranked = new float[items.Length];
        Ranker.Score(new RankedList(user, items, rows), ranked);
        for (var place = 0; place < items.Length; place++)
            scores[place] = float.IsNaN(scores[place]) ? float.NaN : ranked[place];
    }

    /// <summary>Null for an empty list, which puts nothing in order.</summary>
    private ListMoments? MomentsOf(in UserHistory user, (int[] Items, float[] Scores) list)
    {
        if (list.Items.Length == 0)
            return null;
        var rows = new float[list.Items.Length * UserItemFeatures.Count];
        features.Fill(user, list.Items, list.Scores, rows);
        return ListMoments.Of(rows, UserItemFeatures.Count);
    }

    /// <summary>The first stage's best, best first.</summary>
    private (int[] Items, float[] Scores) Propose(in UserHistory user, ReadOnlySpan<ulong> blocked, int count)
    {
        var best = new TopK(Math.Min(count, Items.Count));
        First.Retrieve(user, blocked, best);
        var (items, scores) = (new int[best.Count], new float[best.Count]);
        best.Drain(items, scores);
        return (items, scores);
    }

    private ulong[] HistoryOf(in UserHistory user)
    {
        var bits = new ulong[Bits.WordsFor(Items.Count)];
        foreach (var item in user.Items)
            Bits.Set(bits, item);
        return bits;
    }

    /// <summary>Bits beyond an end count as unset.</summary>
    private static bool IsSame(ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right)
    {
        var shared = Math.Min(left.Length, right.Length);
        return left[..shared].SequenceEqual(right[..shared]) && !left[shared..].ContainsAnyExcept(0UL) && !right[shared..].ContainsAnyExcept(0UL);
    }
}
