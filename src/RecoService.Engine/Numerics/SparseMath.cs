using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RecoService.Engine.Numerics;

/// <summary>The inner loops over rows of sparse matrices and the dense rows they are gathered in.</summary>
internal static class SparseMath
{
    /// <summary>target[columns[n]] += scale * values[n].</summary>
    public static void AddScaled(Span<float> target, float scale, ReadOnlySpan<int> columns, ReadOnlySpan<float> values)
    {
        for (var place = 0; place < columns.Length; place++)
            target[columns[place]] += scale * values[place];
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
        for (var place = 0; place < columns.Length; place++)
            target[columns[place]] += value - values[place];
    }

    /// <summary>target[columns[n]] += (1, x y, x x, y y) with y = values[n]: what a correlation over the shared columns needs.</summary>
    public static void AddMoments(Span<Vector128<float>> target, float x, ReadOnlySpan<int> columns, ReadOnlySpan<float> values)
    {
        for (var place = 0; place < columns.Length; place++)
        {
            var y = values[place];
            target[columns[place]] += Vector128.Create(1, x * y, x * x, y * y);
        }
    }

    /// <summary>values[n] /= factor * sizes[n] + term.</summary>
    public static void DivideBySum(Span<float> values, ReadOnlySpan<float> sizes, float factor, float term)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var sizeVectors = MemoryMarshal.Cast<float, Vector<float>>(sizes[..values.Length]);
        for (var block = 0; block < vectors.Length; block++)
            vectors[block] /= (sizeVectors[block] * factor) + new Vector<float>(term);
        for (var place = vectors.Length * Vector<float>.Count; place < values.Length; place++)
            values[place] /= (sizes[place] * factor) + term;
    }

    /// <summary>values[n] /= sizes[n] - values[n] + term: what two sets share, over what either has.</summary>
    public static void DivideByUnion(Span<float> values, ReadOnlySpan<float> sizes, float term)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var sizeVectors = MemoryMarshal.Cast<float, Vector<float>>(sizes[..values.Length]);
        for (var block = 0; block < vectors.Length; block++)
            vectors[block] /= sizeVectors[block] - vectors[block] + new Vector<float>(term);
        for (var place = vectors.Length * Vector<float>.Count; place < values.Length; place++)
            values[place] /= sizes[place] - values[place] + term;
    }

    /// <summary>Offers every score above 0 under its place.</summary>
    public static void OfferPositive(ReadOnlySpan<float> scores, TopK best)
    {
        var threshold = MathF.Max(0, best.Threshold);
        for (var place = 0; place < scores.Length; place++)
        {
            // Equal scores enter only with a lower index, and places ascend.
            if (scores[place] > threshold)
            {
                best.Offer(place, scores[place]);
                threshold = MathF.Max(0, best.Threshold);
            }
        }
    }
}
