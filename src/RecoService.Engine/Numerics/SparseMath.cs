using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RecoService.Engine.Numerics;

/// <summary>The inner loops over rows of sparse matrices and the dense rows they are gathered in.</summary>
internal static class SparseMath
{
    /// <summary>target[columns[n]] += scale * values[n].</summary>
    public static void AddScaled(Span<float> target, float scale, ReadOnlySpan<int> columns, ReadOnlySpan<float> values)
    {
        for (var position = 0; position < columns.Length; position++)
            target[columns[position]] += scale * values[position];
    }

    /// <summary>The same, four at a time and unchecked: the caller knows that every column lies within the target, and that none comes twice.</summary>
    public static void AddScaledWithin(ref float target, float scale, ReadOnlySpan<int> columns, ReadOnlySpan<float> values)
    {
        ref var column = ref MemoryMarshal.GetReference(columns);
        ref var value = ref MemoryMarshal.GetReference(values[..columns.Length]);
        var position = 0;
        for (; position + 4 <= columns.Length; position += 4)
        {
            ref var first = ref Unsafe.Add(ref target, Unsafe.Add(ref column, position));
            ref var second = ref Unsafe.Add(ref target, Unsafe.Add(ref column, position + 1));
            ref var third = ref Unsafe.Add(ref target, Unsafe.Add(ref column, position + 2));
            ref var fourth = ref Unsafe.Add(ref target, Unsafe.Add(ref column, position + 3));
            // All are read before one is written, so that no read waits for a write.
            var (a, b, c, d) = (first, second, third, fourth);
            first = a + (scale * Unsafe.Add(ref value, position));
            second = b + (scale * Unsafe.Add(ref value, position + 1));
            third = c + (scale * Unsafe.Add(ref value, position + 2));
            fourth = d + (scale * Unsafe.Add(ref value, position + 3));
        }

        for (; position < columns.Length; position++)
            Unsafe.Add(ref target, Unsafe.Add(ref column, position)) += scale * Unsafe.Add(ref value, position);
    }

    /// <summary>target[columns[n]] += 1.</summary>
    public static void Count(Span<float> target, ReadOnlySpan<int> columns)
    {
        foreach (var column in columns)
            target[column]++;
    }

    /// <summary>target[columns[n]] += value - values[n].</summary>
    public static void AddDifferences(Span<float> target, float value, ReadOnlySpan<int> columns, ReadOnlySpan<float> values)
    {
        for (var position = 0; position < columns.Length; position++)
            target[columns[position]] += value - values[position];
    }

    /// <summary>target[columns[n]] += (1, x y, x x, y y) with y = values[n]: what a correlation over the shared columns needs.</summary>
    public static void AddMoments(Span<Vector128<float>> target, float x, ReadOnlySpan<int> columns, ReadOnlySpan<float> values)
    {
        for (var position = 0; position < columns.Length; position++)
        {
            var y = values[position];
            target[columns[position]] += Vector128.Create(1, x * y, x * x, y * y);
        }
    }

    /// <summary>values[n] /= factor * sizes[n] + term.</summary>
    public static void DivideBySum(Span<float> values, ReadOnlySpan<float> sizes, float factor, float term)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var sizeVectors = MemoryMarshal.Cast<float, Vector<float>>(sizes[..values.Length]);
        for (var block = 0; block < vectors.Length; block++)
            vectors[block] /= (sizeVectors[block] * factor) + new Vector<float>(term);
        for (var position = vectors.Length * Vector<float>.Count; position < values.Length; position++)
            values[position] /= (sizes[position] * factor) + term;
    }

    /// <summary>values[n] /= sizes[n] - values[n] + term: what two sets share, over what either has.</summary>
    public static void DivideByUnion(Span<float> values, ReadOnlySpan<float> sizes, float term)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var sizeVectors = MemoryMarshal.Cast<float, Vector<float>>(sizes[..values.Length]);
        for (var block = 0; block < vectors.Length; block++)
            vectors[block] /= sizeVectors[block] - vectors[block] + new Vector<float>(term);
        for (var position = vectors.Length * Vector<float>.Count; position < values.Length; position++)
            values[position] /= sizes[position] - values[position] + term;
    }

    /// <summary>Offers every score above 0 under its place.</summary>
    public static void OfferPositive(ReadOnlySpan<float> scores, TopK best)
    {
        var threshold = MathF.Max(0, best.Threshold);
        for (var position = 0; position < scores.Length; position++)
        {
            // Equal scores enter only with a lower index, and places ascend.
            if (scores[position] > threshold)
            {
                best.Offer(position, scores[position]);
                threshold = MathF.Max(0, best.Threshold);
            }
        }
    }
}
