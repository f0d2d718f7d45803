using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>
/// A field-aware factorization machine over <see cref="RankingFields"/>: each feature has a weight, and a vector for each field that it meets. Two features a of field f and b of field g add
/// x_a x_b (v_a,g . v_b,f). Juan, Zhuang, Chin, Lin, "Field-aware Factorization Machines for CTR Prediction", RecSys 2016.
/// </summary>
public sealed class FieldRankingFunction : IRankingFunction, IStored
{
    private readonly RankingFields fields;
    private readonly float[] linear;
    private readonly float[] latent;
    private readonly int factors;
    private readonly ConcurrentQueue<Workspace> idle = new();

    /// <param name="fields">What the features are.</param>
    /// <param name="linear">One per feature.</param>
    /// <param name="latent">features x fields x factors: each feature's vector for each field, row-major.</param>
    /// <param name="factors">Numbers per vector.</param>
    public FieldRankingFunction(RankingFields fields, float[] linear, float[] latent, int factors)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factors, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(linear.Length, fields.Count, nameof(linear));
        ArgumentOutOfRangeException.ThrowIfNotEqual(latent.Length, (long)fields.Count * RankingFields.Names.Count * factors, nameof(latent));
        this.fields = fields;
        this.linear = linear;
        this.latent = latent;
        this.factors = factors;
    }

    /// <summary>How these are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<FieldRankingFunction>("field-ranker", 1, Read);

    public void Score(in RankedList list, Span<float> scores)
    {
        if (!idle.TryDequeue(out var workspace))
            workspace = new Workspace(this);
        var (entries, user, all) = (workspace.Entries, workspace.User, workspace.All);
        entries.Clear();
        fields.AddUser(list.User, entries);
        user.Clear();
        user.Add(CollectionsMarshal.AsSpan(entries));
        for (var position = 0; position < list.Items.Length; position++)
        {
            entries.Clear();
            fields.AddItem(list.Items[position], list[position], entries);
            all.CopyFrom(user);
            all.Add(CollectionsMarshal.AsSpan(entries));
            scores[position] = all.Score();
        }

        idle.Enqueue(workspace);
    }

    /// <summary>The score of any features.</summary>
    public float Score(ReadOnlySpan<FieldEntry> entries)
    {
        var sums = new FieldSums(this);
        sums.Add(entries);
        return sums.Score();
    }

    public bool IsSound() => VectorMath.AllFinite(linear) && VectorMath.AllFinite(latent);

    public IRankingFunction Rebase(KeyMap fromUsers, KeyMap toUsers, KeyMap fromItems, KeyMap toItems) =>
        new FieldRankingFunction(fields.Rebase(fromUsers, toUsers, fromItems, toItems), linear, latent, factors);

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer)
    {
        fields.Write(writer);
        writer.WriteInt32(factors);
        writer.WriteVector(linear);
        writer.WriteVector(latent);
    }

    private static Func<FieldRankingFunction> Read(ModelReader reader)
    {
        var readFields = RankingFields.Read(reader);
        var (width, weights, vectors) = (reader.ReadInt32(), reader.ReadVector(), reader.ReadVector());
        return () => new FieldRankingFunction(readFields(), weights, vectors, width);
    }

    /// <summary>What one list at a time is scored in.</summary>
    private sealed class Workspace(FieldRankingFunction function)
    {
        public List<FieldEntry> Entries { get; } = [];

        public FieldSums User { get; } = new(function);

        public FieldSums All { get; } = new(function);
    }

    /// <summary>Features summed up: with s_f,g the sum of x_a v_a,g over the features a of field f, the pairs of two fields add s_f,g . s_g,f, and those within one (s_f,f . s_f,f - sum of x_a^2 v_a,f . v_a,f) / 2.</summary>
    private sealed class FieldSums(FieldRankingFunction function)
    {
        private static readonly int Fields = RankingFields.Names.Count;

        private readonly float[] sums = new float[Fields * Fields * function.factors];
        private float linear;
        private float squares;

        public void Clear()
        {
            sums.AsSpan().Clear();
            (linear, squares) = (0, 0);
        }

        public void CopyFrom(FieldSums other)
        {
            other.sums.CopyTo(sums, 0);
            (linear, squares) = (other.linear, other.squares);
        }

        /// <param name="entries">Ascending.</param>
        public void Add(ReadOnlySpan<FieldEntry> entries)
        {
            var (field, width) = (0, Fields * function.factors);
            foreach (var (feature, value) in entries)
            {
                while (feature >= function.fields.Starts[field + 1])
                    field++;
                linear += function.linear[feature] * value;
                var vectors = function.latent.AsSpan(feature * width, width);
                VectorMath.AddScaled(sums.AsSpan(field * width, width), value, vectors);
                var own = vectors.Slice(field * function.factors, function.factors);
                squares += value * value * VectorMath.Dot(own, own);
            }
        }

        public float Score()
        {
            var (pairs, within) = (0f, 0f);
            for (var field = 0; field < Fields; field++)
            {
                var own = Of(field, field);
                within += VectorMath.Dot(own, own);
                for (var other = field + 1; other < Fields; other++)
                    pairs += VectorMath.Dot(Of(field, other), Of(other, field));
            }

            return linear + pairs + ((within - squares) / 2);
        }

        private ReadOnlySpan<float> Of(int field, int towards) => sums.AsSpan(((field * Fields) + towards) * function.factors, function.factors);
    }
}
