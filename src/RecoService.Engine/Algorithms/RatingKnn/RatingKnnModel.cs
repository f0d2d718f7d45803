using System.Buffers;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.RatingKnn;

/// <param name="Mean">The mean rating.</param>
/// <param name="Centred">Whether anything is taken from ratings before they are averaged.</param>
/// <param name="UserRegularization">What holds a user's bias back, in ratings; NaN when users have none.</param>
/// <param name="Neighbours">Over how many rated items a prediction goes.</param>
/// <param name="MinNeighbours">With fewer the prediction is what was taken from the ratings.</param>
internal readonly record struct RatingKnnSettings(float Mean, bool Centred, float UserRegularization, int Neighbours, int MinNeighbours);

/// <summary>What <see cref="RatingKnnTrainer"/> trains. It knows users by their ratings alone; a user's bias is computed from them when he is asked about.</summary>
public sealed class RatingKnnModel : IRatingScorer, ISimilarItems, IStoredModel
{
    private readonly SparseMatrix similarities;
    private readonly float[] offsets;
    private readonly float[] scales;
    private readonly RatingKnnSettings settings;

    /// <param name="users">|U| keys.</param>
    /// <param name="items">|I| keys.</param>
    /// <param name="similarities">|I| x |I|, above 0.</param>
    /// <param name="offsets">|I|: what is taken from each item's ratings beside the user's bias; NaN for an unknown item.</param>
    /// <param name="scales">|I|: what the rest is divided by.</param>
    /// <param name="settings">The rest.</param>
    internal RatingKnnModel(KeyMap users, KeyMap items, SparseMatrix similarities, float[] offsets, float[] scales, RatingKnnSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(similarities.RowCount, items.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(similarities.ColumnCount, items.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(offsets.Length, items.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(scales.Length, items.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Neighbours, 1);
        Users = users;
        Items = items;
        this.similarities = similarities;
        this.offsets = offsets;
        this.scales = scales;
        this.settings = settings;
    }

    public KeyMap Users { get; }

    public KeyMap Items { get; }

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        var rented = ArrayPool<float>.Shared.Rent(Items.Count);
        var residuals = rented.AsSpan(0, Items.Count);
        if (TrySpread(user, residuals, out var bias))
        {
            var nearest = new Nearest(settings.Neighbours);
            for (var place = 0; place < itemIndexes.Length; place++)
                scores[place] = ScoreOf(itemIndexes[place], residuals, bias, nearest);
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
        for (var place = 0; place < items.Length; place++)
        {
            if (!Bits.IsSet(blocked, items[place]))
                best.Offer(items[place], similarities.RowValues(itemIndex)[place]);
        }
    }

    public bool IsSound() =>
        float.IsFinite(settings.Mean) && similarities.AllFinite() && !offsets.AsSpan().ContainsAny(float.PositiveInfinity, float.NegativeInfinity) && VectorMath.AllFinite(scales);

    public IScorer Rebase(KeyMap users, KeyMap items) => new RatingKnnModel(
        users, items, similarities.Rebase(Items, items, Items, items), Rebased(offsets, items, float.NaN), Rebased(scales, items, 1), settings);

    float IRatingScorer.Baseline(in UserHistory user, int itemIndex) => Expected(itemIndex, BiasOf(user));

    void IStoredModel.Write(ChecksummedWriter writer)
    {
        writer.WriteKeys(Users);
        writer.WriteKeys(Items);
        writer.WriteSingle(settings.Mean);
        writer.WriteInt32(settings.Centred ? 1 : 0);
        writer.WriteSingle(settings.UserRegularization);
        writer.WriteInt32(settings.Neighbours);
        writer.WriteInt32(settings.MinNeighbours);
        writer.WriteVector(offsets);
        writer.WriteVector(scales);
        writer.WriteMatrix(similarities);
    }

    internal static Func<RatingKnnModel> Read(ChecksummedReader reader)
    {
        var users = reader.ReadKeys();
        var items = reader.ReadKeys();
        var read = new RatingKnnSettings(reader.ReadSingle(), reader.ReadInt32() != 0, reader.ReadSingle(), reader.ReadInt32(), reader.ReadInt32());
        var itemOffsets = reader.ReadVector();
        var itemScales = reader.ReadVector();
        var similar = reader.ReadMatrix();
        return () => new RatingKnnModel(users(), items(), similar(), itemOffsets, itemScales, read);
    }

    /// <summary>Lays what is left of the user's ratings out by item, NaN where he gave none; false when he rated no known item.</summary>
    private bool TrySpread(in UserHistory user, Span<float> residuals, out float bias)
    {
        residuals.Fill(float.NaN);
        bias = BiasOf(user);
        var any = false;
        for (var place = 0; place < user.Items.Length; place++)
        {
            var item = user.Items[place];
            residuals[item] = (user.Ratings[place] - offsets[item] - bias) / scales[item];
            any |= !float.IsNaN(residuals[item]);
        }

        return any;
    }

    /// <summary>The user's bias as training solved it: the mean of what the items leave of his ratings, held back by the regularization.</summary>
    private float BiasOf(in UserHistory user)
    {
        if (float.IsNaN(settings.UserRegularization))
            return 0;
        var (sum, count) = (0f, 0);
        for (var place = 0; place < user.Items.Length; place++)
        {
            var left = user.Ratings[place] - offsets[user.Items[place]];
            if (float.IsNaN(left))
                continue;
            sum += left;
            count++;
        }

        return count == 0 ? 0 : sum / (settings.UserRegularization + count);
    }

    private float ScoreOf(int item, ReadOnlySpan<float> residuals, float bias, Nearest nearest)
    {
        var items = similarities.RowColumns(item);
        var values = similarities.RowValues(item);
        for (var place = 0; place < items.Length; place++)
        {
            if (!float.IsNaN(residuals[items[place]]))
                nearest.Queue.Offer(items[place], values[place]);
        }

        var count = nearest.Queue.Drain(nearest.Items, nearest.Similarities);
        var (sum, total) = (0f, 0f);
        for (var place = 0; place < count; place++)
        {
            sum += nearest.Similarities[place] * residuals[nearest.Items[place]];
            total += nearest.Similarities[place];
        }

        return count < settings.MinNeighbours ? Known(item, Expected(item, bias)) : offsets[item] + bias + (scales[item] * sum / total);
    }

    /// <summary>What the user's other ratings do not change: the mean and whichever biases are known.</summary>
    private float Expected(int item, float bias) => settings.Centred ? (float.IsNaN(offsets[item]) ? settings.Mean : offsets[item]) + bias : settings.Mean;

    private float Known(int item, float score) => float.IsNaN(offsets[item]) ? float.NaN : score;

    private float[] Rebased(float[] values, KeyMap to, float unknown) =>
        Array.ConvertAll(to.Keys.ToArray(), key => Items.TryGetIndex(key, out var index) ? values[index] : unknown);

    /// <summary>What one request needs to find the rated items most like item after item.</summary>
    private sealed class Nearest(int count)
    {
        public readonly TopK Queue = new(count);
        public readonly int[] Items = new int[count];
        public readonly float[] Similarities = new float[count];
    }
}
