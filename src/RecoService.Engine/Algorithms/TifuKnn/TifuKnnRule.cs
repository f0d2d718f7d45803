using RecoService.Engine.Algorithms.Baskets;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.TifuKnn;

/// <inheritdoc cref="TifuKnnTrainer"/>
internal sealed record TifuKnnRule(BasketUnit Unit, int Neighbours, int Groups, float WithinDecay, float GroupDecay, VectorLikeness Comparison, float Alpha)
    : BasketRule(Unit, Neighbours)
{
    /// <summary>How these models are stored.</summary>
    public static StoredFormat StoredAs { get; } = new StoredFormat<BasketKnnModel>("tifu-knn", 1, reader => BasketKnnModel.Read(reader, Read));

    public override StoredFormat Format => StoredAs;

    public override bool ComparesSets => false;

    public override bool TakesStrangers => Comparison == VectorLikeness.Euclidean;

    public override float OwnShare => Alpha;

    /// <summary>Where the baskets do not divide evenly, the newer groups have one more.</summary>
    public override void Weigh(Span<float> weights)
    {
        if (weights.IsEmpty)
            return;
        var groups = Math.Min(Groups, weights.Length);
        var (size, larger) = Math.DivRem(weights.Length, groups);
        var age = 0;
        for (var group = 0; group < groups; group++)
        {
            var count = group < larger ? size + 1 : size;
            for (var within = 0; within < count; within++)
                weights[age++] = MathF.Pow(GroupDecay, group) * MathF.Pow(WithinDecay, within) / (count * groups);
        }
    }

    /// <summary>Of Euclidean the squared distance, negated and without the user's own length, which is the same for all.</summary>
    public override float Likeness(float dot, float ownSquare, float otherSquare) =>
        Comparison == VectorLikeness.Euclidean ? (2 * dot) - otherSquare : dot / MathF.Sqrt(ownSquare * otherSquare);

    public override float ShareOf(float likeness, int found) => (1 - Alpha) / found;

    public override void Write(ModelWriter writer)
    {
        writer.WriteInt32((int)Unit);
        writer.WriteInt32(Neighbours);
        writer.WriteInt32(Groups);
        writer.WriteSingle(WithinDecay);
        writer.WriteSingle(GroupDecay);
        writer.WriteInt32((int)Comparison);
        writer.WriteSingle(Alpha);
    }

    private static TifuKnnRule Read(ModelReader reader) => new(
        (BasketUnit)reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadSingle(), reader.ReadSingle(), (VectorLikeness)reader.ReadInt32(), reader.ReadSingle());
}
