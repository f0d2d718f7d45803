using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.LinearRanking;

/// <summary>
/// The first stage finds candidates, and a linear function of <see cref="UserItemFeatures"/> puts them in order. Every item that the first stage knows
/// has a score; lists hold none but its candidates.
/// </summary>
public sealed class TwoStageModel : IHistoryScorer, IServedScorer, ISimilarItems, ISimilarUsers, IStored
{
    private readonly UserItemFeatures features;
    private readonly float[] weights;

    /// <param name="first">Finds the candidates; its key maps are the model's.</param>
    /// <param name="features">Of those items.</param>
    /// <param name="weights">One per feature.</param>
    /// <param name="candidates">How many candidates are put in order.</param>
    internal TwoStageModel(IScorer first, UserItemFeatures features, float[] weights, int candidates)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.LogUsers.Length, first.Items.Count, nameof(features));
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.LogPrices.Length, first.Items.Count, nameof(features));
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.LastDays.Length, first.Items.Count, nameof(features));
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.Categories.RowCount, first.Items.Count, nameof(features));
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, UserItemFeatures.Count, nameof(weights));
        ArgumentOutOfRangeException.ThrowIfLessThan(candidates, 1);
        First = first;
        this.features = features;
        this.weights = weights;
        Candidates = candidates;
    }

    /// <summary>How these models are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<TwoStageModel>("two-stage", 1, Read);

    public KeyMap Users => First.Users;

    public KeyMap Items => First.Items;

    /// <summary>The first stage.</summary>
    public IScorer First { get; }

    /// <summary>How many candidates are put in order, or as many as are asked for if that is more.</summary>
    public int Candidates { get; }

    /// <summary>One per feature, in the features' own units.</summary>
    public ReadOnlySpan<float> Weights => weights;

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        First.Score(user, itemIndexes, scores);
        var rows = new float[itemIndexes.Length * UserItemFeatures.Count];
        features.Fill(user, itemIndexes, scores, rows);
        for (var place = 0; place < itemIndexes.Length; place++)
        {
            if (!float.IsNaN(scores[place]))
                scores[place] = VectorMath.Dot(weights, rows.AsSpan(place * UserItemFeatures.Count, UserItemFeatures.Count));
        }
    }

    public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var candidates = new TopK(Math.Min(Math.Max(Candidates, best.Capacity), Items.Count));
        First.Retrieve(user, blocked, candidates);
        var (items, scores) = (new int[candidates.Count], new float[candidates.Count]);
        candidates.Drain(items, scores);
        Score(user, items, scores);
        for (var place = 0; place < items.Length; place++)
            best.Offer(items[place], scores[place]);
    }

    public void RetrieveSimilarItems(int itemIndex, ReadOnlySpan<ulong> blocked, TopK best) =>
        (First as ISimilarItems)?.RetrieveSimilarItems(itemIndex, blocked, best);

    public void RetrieveSimilarUsers(int userIndex, TopK best) => (First as ISimilarUsers)?.RetrieveSimilarUsers(userIndex, best);

    public bool IsSound() => First.IsSound() && features.IsSound() && VectorMath.AllFinite(weights);

    public IScorer Rebase(KeyMap users, KeyMap items) => new TwoStageModel(First.Rebase(users, items), features.Rebase(Items, items), weights, Candidates);

    public IScorer WithHistories(InteractionDataset histories) =>
        First is IHistoryScorer scorer ? new TwoStageModel(scorer.WithHistories(histories), features, weights, Candidates) : this;

    public IScorer ForServing() => First is IServedScorer scorer ? new TwoStageModel(scorer.ForServing(), features, weights, Candidates) : this;

    StoredFormat IStored.Format => Format;

    void IStored.Write(ChecksummedWriter writer)
    {
        writer.WritePart(First);
        features.Write(writer);
        writer.WriteVector(weights);
        writer.WriteInt32(Candidates);
    }

    internal static Func<TwoStageModel> Read(ChecksummedReader reader)
    {
        var first = reader.ReadPart<IScorer>();
        var readFeatures = UserItemFeatures.Read(reader);
        var readWeights = reader.ReadVector();
        var candidates = reader.ReadInt32();
        return () => new TwoStageModel(first(), readFeatures(), readWeights, candidates);
    }
}
