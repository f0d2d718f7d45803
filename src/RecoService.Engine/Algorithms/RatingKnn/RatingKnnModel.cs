using System.Buffers;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.RatingKnn;

/// <param name="Neighbours">Over how many rated items a prediction goes.</param>
/// <param name="MinNeighbours">With fewer the prediction is what was taken from the ratings.</param>
internal readonly record struct RatingKnnSettings(int Neighbours, int MinNeighbours);

/// <summary>What <see cref="RatingKnnTrainer"/> trains. It knows users by their ratings alone; a user's bias is computed from them when they are asked about.</summary>
public sealed class RatingKnnModel : IRatingScorer, ISimilarItems, IStored
{
    private readonly SparseMatrix similarities;
    private readonly RatingCentre centre;
    private readonly float[] scales;
    private readonly RatingKnnSettings settings;

    /// <param name="users">|U| keys.</param>
    /// <param name="items">|I| keys.</param>
    /// <param name="similarities">|I| x |I|, above 0.</param>
    /// <param name="centre">What is taken from ratings before they are averaged.</param>
    /// <param name="scales">|I|: what the rest is divided by.</param>
    /// <param name="settings">The rest.</param>
    internal RatingKnnModel(KeyMap users, KeyMap items, SparseMatrix similarities, RatingCentre centre, float[] scales, RatingKnnSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(similarities.RowCount, items.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(similarities.ColumnCount, items.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(centre.Offsets.Length, items.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(scales.Length, items.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Neighbours, 1);
        Users = users;
        Items = items;
        this.similarities = similarities;
        this.centre = centre;
        this.scales = scales;
        this.settings = settings;
    }

    /// <summary>How these models are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<RatingKnnModel>("rating-knn", 1, Read);

    public KeyMap Users { get; }

    public KeyMap Items { get; }

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        var rented = ArrayPool<float>.Shared.Rent(Items.Count);
        var residuals = rented.AsSpan(0, Items.Count);
        if (TrySpread(user, residuals, out var bias))
        {
            var nearest = new Nearest(settings.Neighbours);
            for (var position = 0; position < itemIndexes.Length; position++)
                scores[position] = ScoreOf(itemIndexes[position], residuals, bias, nearest);
        }
        else
        {
            scores[..itemIndexes.Length].Fill(float.NaN);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var rented = ArrayPool<float>.Shared.Rent(Items.Count);
        var residuals = rented.AsSpan(0, Items.Count);
        if (TrySpread(user, residuals, out var bias))
        {
            var nearest = new Nearest(settings.Neighbours);
            for (var item = 0; item < Items.Count; item++)
            {
                if (!Bits.IsSet(blocked, item))
                    best.Offer(item, ScoreOf(item, residuals, bias, nearest));
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    public void RetrieveSimilarItems(int itemIndex, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var items = similarities.RowColumns(itemIndex);
        for (var position = 0; position < items.Length; position++)
        {
            if (!Bits.IsSet(blocked, items[position]))
                best.Offer(items[position], similarities.RowValues(itemIndex)[position]);
        }
    }

    public bool IsSound() => centre.IsSound() && similarities.AllFinite() && VectorMath.AllFinite(scales);

    public IScorer Rebase(KeyMap users, KeyMap items) => new RatingKnnModel(
        users, items, similarities.Rebase(Items, items, Items, items), centre.Rebase(Items, items), Items.Rebase(scales, items, 1), settings);

    float IRatingScorer.Baseline(in UserHistory user, int itemIndex) => centre.Expected(user, itemIndex);

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer)
    {
        writer.WriteKeys(Users);
        writer.WriteKeys(Items);
        writer.WriteSingle(centre.Mean);
        writer.WriteInt32(centre.TakesAny ? 1 : 0);
        writer.WriteSingle(centre.UserRegularization);
        writer.WriteInt32(settings.Neighbours);
        writer.WriteInt32(settings.MinNeighbours);
        writer.WriteVector(centre.Offsets);
        writer.WriteVector(scales);
        writer.WriteMatrix(similarities);
    }

    internal static Func<RatingKnnModel> Read(ModelReader reader)
    {
        var users = reader.ReadKeys();
        var items = reader.ReadKeys();
        var (mean, takesAny, userRegularization) = (reader.ReadSingle(), reader.ReadInt32() != 0, reader.ReadSingle());
        var read = new RatingKnnSettings(reader.ReadInt32(), reader.ReadInt32());
        var readCentre = new RatingCentre(mean, takesAny, userRegularization, reader.ReadVector());
        var itemScales = reader.ReadVector();
        var similar = reader.ReadMatrix();
        return () => new RatingKnnModel(users(), items(), similar(), readCentre, itemScales, read);
    }

    /// <summary>Lays what is left of the user's ratings out by item, NaN where they gave none; false when they rated no known item.</summary>
    private bool TrySpread(in UserHistory user, Span<float> residuals, out float bias)
    {
        residuals.Fill(float.NaN);
        var isKnown = centre.TryGetBias(user.Items, user.Ratings, out bias);
        for (var position = 0; position < user.Items.Length; position++)
        {
            var item = user.Items[position];
            residuals[item] = (user.Ratings[position] - centre.Offsets[item] - bias) / scales[item];
        }

        return isKnown;
    }

    private float ScoreOf(int item, ReadOnlySpan<float> residuals, float bias, Nearest nearest)
    {
        var items = similarities.RowColumns(item);
        var values = similarities.RowValues(item);
        for (var position = 0; position < items.Length; position++)
        {
            if (!float.IsNaN(residuals[items[position]]))
                nearest.Queue.Offer(items[position], values[position]);
        }

        var count = nearest.Queue.Drain(nearest.Items, nearest.Similarities);
        var (sum, total) = (0f, 0f);
        for (var position = 0; position < count; position++)
        {
            sum += nearest.Similarities[position] * residuals[nearest.Items[position]];
            total += nearest.Similarities[position];
        }

        if (float.IsNaN(centre.Offsets[item]))
            return float.NaN;
        return count < settings.MinNeighbours ? centre.Expected(item, bias) : centre.Offsets[item] + bias + (scales[item] * sum / total);
    }

    /// <summary>What one request needs to find the rated items most like item after item.</summary>
    private sealed class Nearest(int count)
    {
        public readonly TopK Queue = new(count);
        public readonly int[] Items = new int[count];
        public readonly float[] Similarities = new float[count];
    }
}
