using System.Buffers;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.UserKnn;

/// <summary>How users are compared: what a stored model must know to find the neighbours of one who came later.</summary>
internal readonly record struct UserComparison(Similarity Similarity, HistoryScale Scale, Weighting Weighting, float Shrinkage, int Neighbours);

/// <summary>All users' histories, made ready to be compared with one and summed over some. Immutable.</summary>
/// <param name="userItems">|U| x |I|: the summed weight per user and item.</param>
/// <param name="comparison">How users are compared.</param>
internal sealed class UserNeighbourhood(SparseMatrix userItems, UserComparison comparison)
{
    private readonly HistoryWeighting scale = new(comparison.Scale);

    /// <summary>Made when it is first needed: a user who was there in training has stored neighbours.</summary>
    private readonly Lazy<(RowWeighting Weighting, SimilarRows Rows)> index = new(() =>
    {
        var weighting = new RowWeighting(userItems, comparison.Similarity, comparison.Scale, comparison.Weighting);
        return (weighting, new SimilarRows(weighting.Apply(userItems), comparison.Similarity, comparison.Shrinkage));
    });

    /// <summary>|U| x |U|: each user's neighbours and how like them they are.</summary>
    public SparseMatrix Nearest(TrainingContext context) => index.Value.Rows.Nearest(comparison.Neighbours, context);

    /// <summary>Finds the neighbours of a user by their history, themselves left out; those that training would have found, but for ties.</summary>
    /// <param name="history">What they did; their place is -1 or one among these histories.</param>
    /// <param name="lowest">|U|: how like each user one must be to be among their neighbours; empty when the user's own neighbours are wanted.</param>
    /// <param name="users">|U| places; ascending as far as filled.</param>
    /// <param name="similarities">|U| places.</param>
    /// <returns>How many were found.</returns>
    public int FindNearest(in UserHistory history, ReadOnlySpan<float> lowest, Span<int> users, Span<float> similarities)
    {
        var rented = ArrayPool<float>.Shared.Rent(userItems.RowCount);
        var all = rented.AsSpan(0, userItems.RowCount);
        Compare(history, all);
        var found = 0;
        for (var user = 0; user < lowest.Length; user++)
        {
            if (all[user] > 0 && all[user] >= lowest[user])
                (users[found], similarities[found++]) = (user, all[user]);
        }

        if (found == 0)
            found = OwnNearest(all, users, similarities);
        ArrayPool<float>.Shared.Return(rented);
        return found;
    }

    /// <summary>Whether the user's history is still the one that stands here, or none is given; with another, their neighbours may be others.</summary>
    public bool Holds(in UserHistory user) =>
        user.Items.IsEmpty || (user.Items.SequenceEqual(userItems.RowColumns(user.UserIndex)) && user.Weights.SequenceEqual(userItems.RowValues(user.UserIndex)));

    private int OwnNearest(ReadOnlySpan<float> all, Span<int> users, Span<float> similarities)
    {
        var best = new TopK(Math.Min(comparison.Neighbours, all.Length));
        SparseMath.OfferPositive(all, best);
        var found = best.Drain(users, similarities);
        users[..found].Sort(similarities[..found]);
        return found;
    }

    private void Compare(in UserHistory history, Span<float> all)
    {
        var columns = ArrayPool<int>.Shared.Rent(history.Items.Length);
        var values = ArrayPool<float>.Shared.Rent(history.Items.Length);
        var kept = index.Value.Weighting.Apply(history.Items, history.Weights, columns, values);
        index.Value.Rows.Compare(columns.AsSpan(0, kept), values.AsSpan(0, kept), all);
        if (history.UserIndex >= 0)
            all[history.UserIndex] = 0;
        ArrayPool<int>.Shared.Return(columns);
        ArrayPool<float>.Shared.Return(values);
    }

    /// <summary>Adds what a neighbour's history says to the sums, one per item.</summary>
    public void AddHistory(int user, float similarity, Span<float> sums)
    {
        var items = userItems.RowColumns(user);
        var weights = userItems.RowValues(user);
        for (var position = 0; position < items.Length; position++)
        {
            if (weights[position] > 0)
                sums[items[position]] += similarity * scale.Scaled(weights[position]);
        }
    }
}
