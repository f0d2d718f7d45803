using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RecoService.Engine.Numerics;

/// <summary>One sample's share of stochastic gradient descent, over rows of factors of equal length.</summary>
internal static class GradientSteps
{
    /// <summary>p . (a - b).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float DotOfDifference(ReadOnlySpan<float> p, ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        a = a[..p.Length];
        b = b[..p.Length];
        var pVectors = MemoryMarshal.Cast<float, Vector<float>>(p);
        var aVectors = MemoryMarshal.Cast<float, Vector<float>>(a)[..pVectors.Length];
        var bVectors = MemoryMarshal.Cast<float, Vector<float>>(b)[..pVectors.Length];
        var sums = Vector<float>.Zero;
        for (var block = 0; block < pVectors.Length; block++)
            sums = Vector.FusedMultiplyAdd(pVectors[block], aVectors[block] - bVectors[block], sums);

        var sum = Vector.Sum(sums);
        for (var position = pVectors.Length * Vector<float>.Count; position < p.Length; position++)
            sum += p[position] * (a[position] - b[position]);
        return sum;
    }

    /// <summary>
    /// Moves a user towards a and away from b, and both items with respect to them, all from the values before the step:
    /// p' = pShrink p + step (a - b), a' = aShrink a + step p, b' = bShrink b - step p.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StepTriple(Span<float> p, Span<float> a, Span<float> b, float pShrink, float aShrink, float bShrink, float step)
    {
        a = a[..p.Length];
        b = b[..p.Length];
        var pVectors = MemoryMarshal.Cast<float, Vector<float>>(p);
        var aVectors = MemoryMarshal.Cast<float, Vector<float>>(a)[..pVectors.Length];
        var bVectors = MemoryMarshal.Cast<float, Vector<float>>(b)[..pVectors.Length];
        var steps = new Vector<float>(step);
        for (var block = 0; block < pVectors.Length; block++)
        {
            var (oldP, oldA, oldB) = (pVectors[block], aVectors[block], bVectors[block]);
            pVectors[block] = Vector.FusedMultiplyAdd(oldA - oldB, steps, oldP * pShrink);
            aVectors[block] = Vector.FusedMultiplyAdd(oldP, steps, oldA * aShrink);
            bVectors[block] = Vector.FusedMultiplyAdd(oldP, -steps, oldB * bShrink);
        }

        for (var position = pVectors.Length * Vector<float>.Count; position < p.Length; position++)
        {
            var (oldP, oldA, oldB) = (p[position], a[position], b[position]);
            p[position] = (oldP * pShrink) + ((oldA - oldB) * step);
            a[position] = (oldA * aShrink) + (oldP * step);
            b[position] = (oldB * bShrink) - (oldP * step);
        }
    }

    /// <summary>Moves a user alone towards a and away from b: p' = shrink p + step (a - b).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StepUser(Span<float> p, ReadOnlySpan<float> a, ReadOnlySpan<float> b, float shrink, float step)
    {
        a = a[..p.Length];
        b = b[..p.Length];
        var pVectors = MemoryMarshal.Cast<float, Vector<float>>(p);
        var aVectors = MemoryMarshal.Cast<float, Vector<float>>(a)[..pVectors.Length];
        var bVectors = MemoryMarshal.Cast<float, Vector<float>>(b)[..pVectors.Length];
        var steps = new Vector<float>(step);
        for (var block = 0; block < pVectors.Length; block++)
            pVectors[block] = Vector.FusedMultiplyAdd(aVectors[block] - bVectors[block], steps, pVectors[block] * shrink);
        for (var position = pVectors.Length * Vector<float>.Count; position < p.Length; position++)
            p[position] = (p[position] * shrink) + ((a[position] - b[position]) * step);
    }

    /// <summary>p' = shrink p + pStep q and q' = shrink q + qStep p, both from the values before the step.</summary>
    public static void StepPair(Span<float> p, Span<float> q, float shrink, float pStep, float qStep)
    {
        q = q[..p.Length];
        var pVectors = MemoryMarshal.Cast<float, Vector<float>>(p);
        var qVectors = MemoryMarshal.Cast<float, Vector<float>>(q)[..pVectors.Length];
        var (pSteps, qSteps) = (new Vector<float>(pStep), new Vector<float>(qStep));
        for (var block = 0; block < pVectors.Length; block++)
        {
            var (oldP, oldQ) = (pVectors[block], qVectors[block]);
            pVectors[block] = Vector.FusedMultiplyAdd(oldQ, pSteps, oldP * shrink);
            qVectors[block] = Vector.FusedMultiplyAdd(oldP, qSteps, oldQ * shrink);
        }

        for (var position = pVectors.Length * Vector<float>.Count; position < p.Length; position++)
        {
            var (oldP, oldQ) = (p[position], q[position]);
            p[position] = (oldP * shrink) + (oldQ * pStep);
            q[position] = (oldQ * shrink) + (oldP * qStep);
        }
    }

    /// <summary>target' = shrink target + gain.</summary>
    public static void ShrinkAndAdd(Span<float> target, float shrink, ReadOnlySpan<float> gain) =>
        TensorPrimitives.MultiplyAdd(target, shrink, gain, target);
}
