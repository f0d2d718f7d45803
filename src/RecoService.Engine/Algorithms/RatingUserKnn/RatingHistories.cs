using System.Buffers;
using System.Numerics.Tensors;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.RatingUserKnn;

/// <summary>How users are compared: what a stored model must know to find the neighbours of one who came later.</summary>
/// <param name="Centre">What is taken from ratings before they are compared.</param>
/// <param name="Similarity">How the rest is compared.</param>
/// <param name="Shrinkage">Holds back users who rated little together, in items.</param>
/// <param name="Stored">How many neighbours a user has.</param>
internal sealed record RatingUserComparison(RatingCentre Centre, RatingSimilarity Similarity, float Shrinkage, int Stored);

/// <summary>How neighbours' ratings are averaged.</summary>
/// <param name="Centre">What is taken from ratings before, and added again afterwards.</param>
/// <param name="Scaled">Whether the rest is divided by the standard deviation of the user's ratings.</param>
/// <param name="Neighbours">Over how many who rated the item a prediction goes.</param>
/// <param name="MinNeighbours">With fewer the prediction is what was taken from the ratings.</param>
internal sealed record RatingAveraging(RatingCentre Centre, bool Scaled, int Neighbours, int MinNeighbours)
{
    /// <summary>What a user's deviations are divided by.</summary>
    public float ScaleOf(ReadOnlySpan<float> ratings) => Scaled ? MeanRating.ScaleOf(ratings) : 1;
}

/// <summary>All users' ratings, made ready to be compared with one user's and averaged over some. Immutable.</summary>
internal sealed class RatingHistories
{
    private readonly SparseMatrix ratings;
    private readonly SparseMatrix residuals;
    private readonly RatingAveraging averaging;
    private readonly RatingUserComparison comparison;

    /// <summary>Made when it is first needed: a user who was there in training has stored neighbours.</summary>
    private readonly Lazy<SimilarRatings> index;

    /// <param name="ratings">|U| x |I|.</param>
    /// <param name="averaging">How they are averaged.</param>
    /// <param name="comparison">How they are compared.</param>
    public RatingHistories(SparseMatrix ratings, RatingAveraging averaging, RatingUserComparison comparison)
    {
        this.ratings = ratings;
        this.averaging = averaging;
        this.comparison = comparison;
        residuals = ResidualsOf(ratings, averaging);
        index = new(() =>
        {
            var deviations = comparison.Centre.Deviations(ratings);
            return new SimilarRatings(deviations, deviations.Transpose(), comparison.Similarity, comparison.Shrinkage);
        });
    }

    /// <summary>|U| x |U|: each user's neighbours and how like them they are.</summary>
    public SparseMatrix Nearest(TrainingContext context) => index.Value.Nearest(comparison.Stored, context);

    /// <summary>Offers the users most like one by their ratings, themselves left out; those that training would have found.</summary>
    /// <param name="user">Their place is -1 or one among these histories.</param>
    /// <param name="best">As many as are wanted.</param>
    public void OfferNearest(in UserHistory user, TopK best)
    {
        var items = ArrayPool<int>.Shared.Rent(user.Items.Length);
        var values = ArrayPool<float>.Shared.Rent(user.Items.Length);
        var all = ArrayPool<float>.Shared.Rent(residuals.RowCount);
        var similarities = all.AsSpan(0, residuals.RowCount);
        var kept = KeepKnown(user, items, values);
        index.Value.Compare(items.AsSpan(0, kept), values.AsSpan(0, kept), similarities);
        if (user.UserIndex >= 0)
            similarities[user.UserIndex] = 0;
        SparseMath.OfferPositive(similarities, best);
        ArrayPool<int>.Shared.Return(items);
        ArrayPool<float>.Shared.Return(values);
        ArrayPool<float>.Shared.Return(all);
    }

    /// <summary>Whether the user's ratings are still those that stand here, or no history is given; with others, their neighbours may be others.</summary>
    public bool Holds(in UserHistory user)
    {
        var items = ratings.RowColumns(user.UserIndex);
        var values = ratings.RowValues(user.UserIndex);
        var next = 0;
        for (var position = 0; position < user.Items.Length; position++)
        {
            if (float.IsNaN(user.Ratings[position]))
                continue;
            if (next == items.Length || items[next] != user.Items[position] || values[next] != user.Ratings[position])
                return false;
            next++;
        }

        return next == items.Length || user.Items.IsEmpty;
    }

    /// <summary>Sums over users, the most alike first, until an item has as many neighbours as it may.</summary>
    /// <param name="users">Best first.</param>
    /// <param name="similarities">One per user, above 0.</param>
    /// <param name="sums">|I|: of similarity times what is left of the rating.</param>
    /// <param name="totals">|I|: of the similarities.</param>
    /// <param name="counts">|I|: of the neighbours.</param>
    public void Sum(ReadOnlySpan<int> users, ReadOnlySpan<float> similarities, Span<float> sums, Span<float> totals, Span<int> counts)
    {
        sums.Clear();
        totals.Clear();
        counts.Clear();
        for (var neighbour = 0; neighbour < users.Length; neighbour++)
        {
            var items = residuals.RowColumns(users[neighbour]);
            var values = residuals.RowValues(users[neighbour]);
            for (var position = 0; position < items.Length; position++)
            {
                var item = items[position];
                if (counts[item] == averaging.Neighbours)
                    continue;
                counts[item]++;
                sums[item] += similarities[neighbour] * values[position];
                totals[item] += similarities[neighbour];
            }
        }
    }

    /// <summary>What of a user's ratings is compared; returns how many there are of known items.</summary>
    private int KeepKnown(in UserHistory user, Span<int> items, Span<float> values)
    {
        comparison.Centre.TryGetBias(user.Items, user.Ratings, out var bias);
        var kept = 0;
        for (var position = 0; position < user.Items.Length; position++)
        {
            var left = user.Ratings[position] - comparison.Centre.Offsets[user.Items[position]] - bias;
            if (!float.IsNaN(left))
                (items[kept], values[kept++]) = (user.Items[position], left);
        }

        return kept;
    }

    private static SparseMatrix ResidualsOf(SparseMatrix ratings, RatingAveraging averaging)
    {
        var deviations = averaging.Centre.Deviations(ratings);
        if (!averaging.Scaled)
            return deviations;
        var scaled = new float[ratings.NonZeroCount];
        for (var user = 0; user < ratings.RowCount; user++)
        {
            var target = scaled.AsSpan((int)ratings.RowStart(user), ratings.RowLength(user));
            TensorPrimitives.Divide(deviations.RowValues(user), averaging.ScaleOf(ratings.RowValues(user)), target);
        }

        return ratings.WithValues(_ => scaled);
    }
}
