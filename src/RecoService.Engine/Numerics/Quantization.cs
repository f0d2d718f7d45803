using System.Numerics.Tensors;

namespace RecoService.Engine.Numerics;

/// <summary>A vector in 8 bits: value = scale x level, with whole levels within -127..127, or fewer where they are to be; the error of a value is at most half a scale.</summary>
/// <param name="Scale">Above 0; NaN when the vector holds a NaN.</param>
/// <param name="LevelNorm">The Euclidean length of the levels.</param>
/// <param name="Norm">The length of the vector, as a multiple of the scale.</param>
/// <param name="ErrorNorm">The length of the vector less what the levels stand for, as a multiple of the scale.</param>
internal readonly record struct Quantization(float Scale, float LevelNorm, float Norm, float ErrorNorm)
{
    /// <summary>What fits a byte on either side of 0.</summary>
    public const int MostLevel = 127;

    /// <summary>The Euclidean length of the vector.</summary>
    public float Length => Scale * Norm;

    /// <summary>Far below what adds to any score, and far enough above 0 that dividing by it does not overflow.</summary>
    private const float SmallestScale = 1e-30f;

    /// <param name="values">f values.</param>
    /// <param name="levels">At least f; the first f are replaced by whole numbers.</param>
    /// <param name="workspace">f.</param>
    /// <param name="mostLevel">The largest magnitude of a level, 1..127.</param>
    public static Quantization Of(ReadOnlySpan<float> values, Span<float> levels, Span<float> workspace, int mostLevel = MostLevel)
    {
        levels = levels[..values.Length];
        if (values.IsEmpty)
            return new Quantization(SmallestScale, 0, 0, 0);
        var scale = Math.Max(Math.Abs(TensorPrimitives.MaxMagnitude(values)) / mostLevel, SmallestScale);
        TensorPrimitives.Multiply(values, 1 / scale, workspace);
        TensorPrimitives.Round<float>(workspace, levels);
        var norm = VectorMath.Norm(workspace);
        TensorPrimitives.Subtract(workspace, levels, workspace);
        return new Quantization(scale, VectorMath.Norm(levels), norm, VectorMath.Norm(workspace));
    }
}
