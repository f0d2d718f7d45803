using RecoService.Engine.Composition;
using RecoService.Engine.Data;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>
/// The second stage: a function of <see cref="UserItemFeatures"/>, standardised within the user's own list. Every item that the first stage knows has a score, by its place beside
/// that list; without such a list the scores stay the first stage's.
/// </summary>
public sealed class FeatureRanker : IRanker, IStored
{
    private readonly UserItemFeatures features;

    /// <param name="features">Of the items of the model.</param>
    /// <param name="function">Puts rows of features in order.</param>
    /// <exception cref="ArgumentOutOfRangeException">The features are of different numbers of items.</exception>
    public FeatureRanker(UserItemFeatures features, IRankingFunction function)
    {
        var itemCount = features.LogUsers.Length;
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.LogPrices.Length, itemCount, nameof(features));
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.LastDays.Length, itemCount, nameof(features));
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.Categories.RowCount, itemCount, nameof(features));
        this.features = features;
        Function = function;
    }

    /// <summary>How these are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<FeatureRanker>("feature-ranker", 1, Read);

    public IRankingFunction Function { get; }

    bool IRanker.RanksAgainstOwnList => true;

    bool IRanker.Fits(int partCount, int itemCount) => itemCount == features.LogUsers.Length;

    public void Rank(in UserHistory user, CandidateSet candidates, CandidateSet own)
    {
        if (own.Count == 0)
        {
            candidates.Column(0).CopyTo(candidates.Scores);
            return;
        }

        const int Width = UserItemFeatures.Count;
        var rows = own.Features(Width);
        features.Fill(user, own.Items, own.Column(0), rows);
        var moments = ListMoments.Of(rows, stackalloc double[2 * Width]);
        if (candidates != own)
        {
            rows = candidates.Features(Width);
            features.Fill(user, candidates.Items, candidates.Column(0), rows);
        }

        moments.Standardise(rows);
        Function.Score(new RankedList(user, candidates.Items, rows), candidates.Scores);
        LeaveOutUnknown(candidates.Column(0), candidates.Scores);
    }

    public bool IsSound() => features.IsSound() && Function.IsSound();

    public IRanker Rebase(KeyMap fromUsers, KeyMap toUsers, KeyMap fromItems, KeyMap toItems) =>
        new FeatureRanker(features.Rebase(fromItems, toItems), Function.Rebase(fromUsers, toUsers, fromItems, toItems));

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer)
    {
        features.Write(writer);
        writer.WritePart(Function);
    }

    private static Func<FeatureRanker> Read(ModelReader reader)
    {
        var (readFeatures, function) = (UserItemFeatures.Read(reader), reader.ReadPart<IRankingFunction>());
        return () => new FeatureRanker(readFeatures(), function());
    }

    private static void LeaveOutUnknown(ReadOnlySpan<float> firstScores, Span<float> scores)
    {
        for (var position = 0; position < scores.Length; position++)
            scores[position] = float.IsNaN(firstScores[position]) ? float.NaN : scores[position];
    }
}
