using System.Buffers;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.RatingUserKnn;

/// <summary>
/// What <see cref="RatingUserKnnTrainer"/> trains: who is like whom. What the neighbours rated is looked up in the histories, without which no pair is known;
/// the asked user's own ratings come with the request. A user without stored neighbours is compared with all histories when they are asked about, so that one who
/// arrived after training is served like any other.
/// </summary>
public sealed class RatingUserKnnModel : IHistoryScorer, IRatingScorer, ISimilarUsers, IStored
{
    private readonly SparseMatrix neighbours;
    private readonly RatingAveraging averaging;
    private readonly RatingUserComparison comparison;
    private readonly RatingHistories? histories;

    /// <param name="users">|U| keys.</param>
    /// <param name="items">|I| keys.</param>
    /// <param name="neighbours">|U| x |U|: in row u how like u each of their neighbours is, above 0.</param>
    /// <param name="averaging">How their ratings are averaged.</param>
    /// <param name="comparison">How they were found.</param>
    /// <param name="histories">What every user rated; null before that is known.</param>
    internal RatingUserKnnModel(
        KeyMap users, KeyMap items, SparseMatrix neighbours, RatingAveraging averaging, RatingUserComparison comparison, RatingHistories? histories)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(neighbours.RowCount, users.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(neighbours.ColumnCount, users.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(averaging.Centre.Offsets.Length, items.Count, nameof(averaging));
        ArgumentOutOfRangeException.ThrowIfNotEqual(comparison.Centre.Offsets.Length, items.Count, nameof(comparison));
        ArgumentOutOfRangeException.ThrowIfLessThan(averaging.Neighbours, 1, nameof(averaging));
        ArgumentOutOfRangeException.ThrowIfLessThan(averaging.MinNeighbours, 1, nameof(averaging));
        ArgumentOutOfRangeException.ThrowIfLessThan(comparison.Stored, 1, nameof(comparison));
        Users = users;
        Items = items;
        this.neighbours = neighbours;
        this.averaging = averaging;
        this.comparison = comparison;
        this.histories = histories;
    }

    /// <summary>How these models are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<RatingUserKnnModel>("rating-user-knn", 1, Read);

    public KeyMap Users { get; }

    public KeyMap Items { get; }

    public IScorer WithHistories(InteractionDataset histories)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(histories.Users.Count, Users.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(histories.Items.Count, Items.Count);
        return new RatingUserKnnModel(Users, Items, neighbours, averaging, comparison, new RatingHistories(histories.Ratings, averaging, comparison));
    }

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        var rented = ArrayPool<float>.Shared.Rent(Items.Count);
        Predict(user, rented.AsSpan(0, Items.Count));
        for (var position = 0; position < itemIndexes.Length; position++)
            scores[position] = rented[itemIndexes[position]];
        ArrayPool<float>.Shared.Return(rented);
    }

    public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var rented = ArrayPool<float>.Shared.Rent(Items.Count);
        Predict(user, rented.AsSpan(0, Items.Count));
        for (var item = 0; item < Items.Count; item++)
        {
            if (rented[item] >= best.Threshold && !Bits.IsSet(blocked, item))
                best.Offer(item, rented[item]);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    public void RetrieveSimilarUsers(int userIndex, TopK best)
    {
        var users = neighbours.RowColumns(userIndex);
        for (var position = 0; position < users.Length; position++)
            best.Offer(users[position], neighbours.RowValues(userIndex)[position]);
    }

    public bool IsSound() => averaging.Centre.IsSound() && comparison.Centre.IsSound() && neighbours.AllFinite();

    public IScorer Rebase(KeyMap users, KeyMap items) => new RatingUserKnnModel(
        users, items, neighbours.Rebase(Users, users, Users, users), averaging with { Centre = averaging.Centre.Rebase(Items, items) },
        comparison with { Centre = comparison.Centre.Rebase(Items, items) }, histories: null);

    float IRatingScorer.Baseline(in UserHistory user, int itemIndex) => averaging.Centre.Expected(user, itemIndex);

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer)
    {
        writer.WriteKeys(Users);
        writer.WriteKeys(Items);
        averaging.Centre.Write(writer);
        writer.WriteInt32(averaging.Scaled ? 1 : 0);
        writer.WriteInt32(averaging.Neighbours);
        writer.WriteInt32(averaging.MinNeighbours);
        comparison.Centre.Write(writer);
        writer.WriteInt32((int)comparison.Similarity);
        writer.WriteSingle(comparison.Shrinkage);
        writer.WriteInt32(comparison.Stored);
        writer.WriteMatrix(neighbours);
    }

    internal static Func<RatingUserKnnModel> Read(ModelReader reader)
    {
        var users = reader.ReadKeys();
        var items = reader.ReadKeys();
        var readAveraging = new RatingAveraging(RatingCentre.Read(reader), reader.ReadInt32() != 0, reader.ReadInt32(), reader.ReadInt32());
        var readComparison = new RatingUserComparison(RatingCentre.Read(reader), (RatingSimilarity)reader.ReadInt32(), reader.ReadSingle(), reader.ReadInt32());
        var similar = reader.ReadMatrix();
        return () => new RatingUserKnnModel(users(), items(), similar(), readAveraging, readComparison, histories: null);
    }

    /// <summary>The prediction for every item, NaN for unknown ones, and for all when the user rated no known one.</summary>
    private void Predict(in UserHistory user, Span<float> predictions)
    {
        if (histories is null || !averaging.Centre.TryGetBias(user.Items, user.Ratings, out var bias))
        {
            predictions.Fill(float.NaN);
            return;
        }

        var totals = ArrayPool<float>.Shared.Rent(Items.Count);
        var counts = ArrayPool<int>.Shared.Rent(Items.Count);
        SumOverNeighbours(user, predictions, totals.AsSpan(0, Items.Count), counts.AsSpan(0, Items.Count));
        var scale = averaging.ScaleOf(user.Ratings);
        var offsets = averaging.Centre.Offsets;
        for (var item = 0; item < predictions.Length; item++)
        {
            if (float.IsNaN(offsets[item]))
                predictions[item] = float.NaN;
            else if (counts[item] < averaging.MinNeighbours)
                predictions[item] = averaging.Centre.Expected(item, bias);
            else
                predictions[item] = offsets[item] + bias + (scale * predictions[item] / totals[item]);
        }

        ArrayPool<float>.Shared.Return(totals);
        ArrayPool<int>.Shared.Return(counts);
    }

    private void SumOverNeighbours(in UserHistory user, Span<float> sums, Span<float> totals, Span<int> counts)
    {
        var nearest = new TopK(Math.Min(comparison.Stored, Users.Count));
        if (user.UserIndex >= 0 && neighbours.RowLength(user.UserIndex) > 0 && histories!.Holds(user))
            RetrieveSimilarUsers(user.UserIndex, nearest);
        else
            histories!.OfferNearest(user, nearest);

        var users = ArrayPool<int>.Shared.Rent(nearest.Count);
        var similarities = ArrayPool<float>.Shared.Rent(nearest.Count);
        var count = nearest.Drain(users, similarities);
        histories!.Sum(users.AsSpan(0, count), similarities.AsSpan(0, count), sums, totals, counts);
        ArrayPool<int>.Shared.Return(users);
        ArrayPool<float>.Shared.Return(similarities);
    }
}
