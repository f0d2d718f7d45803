using RecoService.Engine.Algorithms.Baskets;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.UpCf;

/// <inheritdoc cref="UpCfTrainer"/>
internal sealed record UpCfRule(BasketUnit Unit, int Neighbours, int Recency, float Alpha, float Locality) : BasketRule(Unit, Neighbours)
{
    /// <summary>An item that the user took longer ago stays among what they are compared by, and has next to no weight.</summary>
    private const float LongAgo = 1e-12f;

    /// <summary>How these models are stored.</summary>
    public static StoredFormat StoredAs { get; } = new StoredFormat<BasketKnnModel>("up-cf", 1, reader => BasketKnnModel.Read(reader, Read));

    public override StoredFormat Format => StoredAs;

    public override bool ComparesSets => true;

    public override bool TakesStrangers => false;

    public override float OwnShare => 1;

    public override void Weigh(Span<float> weights)
    {
        var counted = Math.Min(Recency, weights.Length);
        if (counted > 0)
            weights[..counted].Fill(1f / counted);
        weights[counted..].Fill(LongAgo);
    }

    public override float Likeness(float dot, float ownSquare, float otherSquare) => dot / (MathF.Pow(ownSquare, Alpha) * MathF.Pow(otherSquare, 1 - Alpha));

    public override float ShareOf(float likeness, int found) => MathF.Pow(likeness, Locality);

    public override void Write(ModelWriter writer)
    {
        writer.WriteInt32((int)Unit);
        writer.WriteInt32(Neighbours);
        writer.WriteInt32(Recency);
        writer.WriteSingle(Alpha);
        writer.WriteSingle(Locality);
    }

    private static UpCfRule Read(ModelReader reader) => new((BasketUnit)reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadSingle(), reader.ReadSingle());
}
