using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.Neighbourhoods;

/// <summary>
/// What is taken from a rating before it is compared or averaged: a part per item, and a bias per user. A user is known by their ratings alone, so that their bias
/// is computed from them whether they were there in training or not.
/// </summary>
/// <param name="Mean">The mean rating.</param>
/// <param name="TakesAny">False when nothing is taken; every known item's offset is then 0.</param>
/// <param name="UserRegularization">What holds a user's bias back, in ratings; NaN when users have none.</param>
/// <param name="Offsets">|I|: what is taken from each item's ratings beside the user's bias; NaN for an unknown item.</param>
internal sealed record RatingCentre(float Mean, bool TakesAny, float UserRegularization, float[] Offsets)
{
    /// <summary>Nothing is taken.</summary>
    public static RatingCentre None(SparseMatrix byItem, float mean) => new(mean, false, float.NaN, OfKnown(byItem, _ => 0));

    /// <summary>Each item's mean is taken.</summary>
    public static RatingCentre ItemMeans(SparseMatrix byItem, float mean) => new(mean, true, float.NaN, MeanRating.OfRows(byItem));

    /// <summary>Each user's mean is taken.</summary>
    public static RatingCentre UserMeans(SparseMatrix byItem, float mean) => new(mean, true, 0, OfKnown(byItem, _ => mean));

    /// <summary>The mean and both biases are taken.</summary>
    public static RatingCentre Baseline(SparseMatrix byItem, RatingBiases biases, float userRegularization) =>
        new(biases.Mean, true, userRegularization, OfKnown(byItem, item => biases.Mean + biases.Items[item]));

    /// <summary>The user's bias: the mean of what the items leave of their ratings, held back by the regularization.</summary>
    /// <param name="items">What they rated.</param>
    /// <param name="ratings">One per item, NaN where they gave none.</param>
    /// <param name="bias">0 when they have none.</param>
    /// <returns>False when they rated no known item.</returns>
    public bool TryGetBias(ReadOnlySpan<int> items, ReadOnlySpan<float> ratings, out float bias)
    {
        var (sum, count) = (0f, 0);
        for (var position = 0; position < items.Length; position++)
        {
            var left = ratings[position] - Offsets[items[position]];
            if (float.IsNaN(left))
                continue;
            sum += left;
            count++;
        }

        bias = count == 0 || float.IsNaN(UserRegularization) ? 0 : sum / (UserRegularization + count);
        return count > 0;
    }

    /// <summary>What is known of a pair without neighbours: the mean and whichever parts are known.</summary>
    public float Expected(int item, float bias) => TakesAny ? (float.IsNaN(Offsets[item]) ? Mean : Offsets[item]) + bias : Mean;

    /// <summary>What is known of a user and an item, known or not, without neighbours.</summary>
    public float Expected(in UserHistory user, int item)
    {
        TryGetBias(user.Items, user.Ratings, out var bias);
        return Expected(item, bias);
    }

    /// <summary>|U| x |I|: what is left of each rating; NaN for an unknown item.</summary>
    /// <param name="byUser">|U| x |I| ratings.</param>
    public SparseMatrix Deviations(SparseMatrix byUser)
    {
        var deviations = new float[byUser.NonZeroCount];
        for (var user = 0; user < byUser.RowCount; user++)
        {
            var items = byUser.RowColumns(user);
            var ratings = byUser.RowValues(user);
            TryGetBias(items, ratings, out var bias);
            var start = (int)byUser.RowStart(user);
            for (var position = 0; position < items.Length; position++)
                deviations[start + position] = ratings[position] - Offsets[items[position]] - bias;
        }

        return byUser.WithValues(_ => deviations);
    }

    public RatingCentre Rebase(KeyMap from, KeyMap to) => this with { Offsets = from.Rebase(Offsets, to, float.NaN) };

    public bool IsSound() => float.IsFinite(Mean) && !Offsets.AsSpan().ContainsAny(float.PositiveInfinity, float.NegativeInfinity);

    public void Write(ModelWriter writer)
    {
        writer.WriteSingle(Mean);
        writer.WriteInt32(TakesAny ? 1 : 0);
        writer.WriteSingle(UserRegularization);
        writer.WriteVector(Offsets);
    }

    public static RatingCentre Read(ModelReader reader) => new(reader.ReadSingle(), reader.ReadInt32() != 0, reader.ReadSingle(), reader.ReadVector());

    private static float[] OfKnown(SparseMatrix byItem, Func<int, float> valueOf)
    {
        var offsets = new float[byItem.RowCount];
        for (var item = 0; item < offsets.Length; item++)
            offsets[item] = byItem.RowLength(item) == 0 ? float.NaN : valueOf(item);
        return offsets;
    }
}
