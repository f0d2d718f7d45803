using System.Buffers;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.SlopeOne;

/// <summary>
/// score(u, i) = sum over the rated items j of u's history of c(i, j) (d(i, j) + r(u, j)) / sum of c(i, j); u's mean rating where no item of the history was
/// compared with i. It knows users by their ratings alone.
/// </summary>
public sealed class SlopeOneModel : IRatingScorer, IStored
{
    private readonly SparseMatrix deviations;
    private readonly SparseMatrix counts;
    private readonly float mean;

    /// <param name="users">|U| keys.</param>
    /// <param name="items">|I| keys.</param>
    /// <param name="deviations">|I| x |I|, d: how much higher the row's item is rated than the column's.</param>
    /// <param name="counts">|I| x |I|, c: how much each deviation counts, over the same cells.</param>
    /// <param name="mean">The mean rating.</param>
    internal SlopeOneModel(KeyMap users, KeyMap items, SparseMatrix deviations, SparseMatrix counts, float mean)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(deviations.RowCount, items.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(deviations.ColumnCount, items.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(counts.RowCount, items.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(counts.NonZeroCount, deviations.NonZeroCount);
        Users = users;
        Items = items;
        this.deviations = deviations;
        this.counts = counts;
        this.mean = mean;
    }

    /// <summary>How these models are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<SlopeOneModel>("slope-one", 1, Read);

    public KeyMap Users { get; }

    public KeyMap Items { get; }

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        var userMean = MeanRating.Of(user);
        if (float.IsNaN(userMean))
        {
            scores[..itemIndexes.Length].Fill(float.NaN);
            return;
        }

        var rented = ArrayPool<float>.Shared.Rent(Items.Count);
        var rated = rented.AsSpan(0, Items.Count);
        Spread(user, rated);
        for (var position = 0; position < itemIndexes.Length; position++)
            scores[position] = ScoreOf(itemIndexes[position], rated, userMean);
        ArrayPool<float>.Shared.Return(rented);
    }

    public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var userMean = MeanRating.Of(user);
        if (float.IsNaN(userMean))
            return;
        var rented = ArrayPool<float>.Shared.Rent(Items.Count);
        var rated = rented.AsSpan(0, Items.Count);
        Spread(user, rated);
        for (var item = 0; item < Items.Count; item++)
        {
            if (!Bits.IsSet(blocked, item))
                best.Offer(item, ScoreOf(item, rated, userMean));
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    public bool IsSound() => float.IsFinite(mean) && deviations.AllFinite() && counts.AllFinite();

    public IScorer Rebase(KeyMap users, KeyMap items) =>
        new SlopeOneModel(users, items, deviations.Rebase(Items, items, Items, items), counts.Rebase(Items, items, Items, items), mean);

    float IRatingScorer.Baseline(in UserHistory user, int itemIndex) => MeanRating.Of(user) is var own && float.IsNaN(own) ? mean : own;

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer)
    {
        writer.WriteKeys(Users);
        writer.WriteKeys(Items);
        writer.WriteSingle(mean);
        writer.WriteMatrix(deviations);
        writer.WriteMatrix(counts);
    }

    internal static Func<SlopeOneModel> Read(ModelReader reader)
    {
        var users = reader.ReadKeys();
        var items = reader.ReadKeys();
        var meanRating = reader.ReadSingle();
        var differences = reader.ReadMatrix();
        var weights = reader.ReadMatrix();
        return () => new SlopeOneModel(users(), items(), differences(), weights(), meanRating);
    }

    private static void Spread(in UserHistory user, Span<float> rated)
    {
        rated.Fill(float.NaN);
        for (var position = 0; position < user.Items.Length; position++)
            rated[user.Items[position]] = user.Ratings[position];
    }

    private float ScoreOf(int item, ReadOnlySpan<float> rated, float userMean)
    {
        var columns = deviations.RowColumns(item);
        var differences = deviations.RowValues(item);
        var weights = counts.RowValues(item);
        var (sum, total) = (0f, 0f);
        for (var position = 0; position < columns.Length; position++)
        {
            var rating = rated[columns[position]];
            if (float.IsNaN(rating))
                continue;
            sum += weights[position] * (differences[position] + rating);
            total += weights[position];
        }

        return total > 0 ? sum / total : columns.IsEmpty ? float.NaN : userMean;
    }
}
