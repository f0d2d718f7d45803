using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.ImplicitAls;

/// <summary>The rows of Y that a row of the other side has entries for, one behind the other in memory, and what C and p say about them. Reused.</summary>
/// <param name="source">Y.</param>
internal sealed class GatheredRows(FactorMatrix source)
{
    private const int MaxFloats = 1 << 18;
    private const int Multiple = 8;

    private AlignedFloats rows = new(0);
    private float[] excess = [];
    private float[] rightHandSide = [];

    /// <summary>How many rows may be gathered at once: as many as fit in a second-level cache.</summary>
    public int Capacity { get; } = Math.Max(2, MaxFloats / source.Factors / Multiple) * Multiple;

    /// <summary>A multiple of 8: rows of zeros that weigh nothing stand behind the last one, because the kernels take eight at a time.</summary>
    public int Count { get; private set; }

    /// <summary>Count x f, row-major.</summary>
    public Span<float> Rows => rows.Span[..(Count * source.Factors)];

    /// <summary>c - 1 of each row.</summary>
    public ReadOnlySpan<float> Excess => excess.AsSpan(0, Count);

    /// <summary>-c p of each row.</summary>
    public ReadOnlySpan<float> MinusRightHandSide => rightHandSide.AsSpan(0, Count);

    /// <summary>What <see cref="Count"/> is with so many entries.</summary>
    public static int PaddedCount(int entries) => (entries + Multiple - 1) / Multiple * Multiple;

    /// <param name="columns">At most <see cref="Capacity"/> rows of Y.</param>
    /// <param name="confidences">One per column, as <see cref="Confidences"/> has them.</param>
    public void Take(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences)
    {
        Count = PaddedCount(columns.Length);
        Reserve(Count);
        RowKernels.Gather(source, columns, rows.Span);
        rows.Span[(columns.Length * source.Factors)..(Count * source.Factors)].Clear();
        excess.AsSpan(columns.Length..Count).Clear();
        rightHandSide.AsSpan(columns.Length..Count).Clear();
        for (var position = 0; position < confidences.Length; position++)
        {
            excess[position] = Math.Abs(confidences[position]);
            rightHandSide[position] = Confidences.IsPositive(confidences[position]) ? -1 - confidences[position] : 0;
        }
    }

    private void Reserve(int count)
    {
        if (count <= excess.Length)
            return;
        var room = Math.Min(Math.Max(count, 2 * excess.Length), Capacity);
        rows = new AlignedFloats(room * source.Factors);
        excess = new float[room];
        rightHandSide = new float[room];
    }
}
