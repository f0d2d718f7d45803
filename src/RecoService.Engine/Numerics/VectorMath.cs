using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RecoService.Engine.Numerics;

/// <summary>The inner loops of the trainers, over spans. Each gives the same bits on every run of one machine.</summary>
internal static class VectorMath
{
    public static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right) => TensorPrimitives.Dot(left, right);

    /// <summary>The Euclidean length.</summary>
    public static float Norm(ReadOnlySpan<float> values) => TensorPrimitives.Norm(values);

    /// <summary>The dot product summed in double precision.</summary>
    public static double DotInDouble(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var leftVectors = MemoryMarshal.Cast<float, Vector<float>>(left);
        var rightVectors = MemoryMarshal.Cast<float, Vector<float>>(right[..left.Length]);
        var low = Vector<double>.Zero;
        var high = Vector<double>.Zero;
        for (var block = 0; block < leftVectors.Length; block++)
        {
            Vector.Widen(leftVectors[block], out var leftLow, out var leftHigh);
            Vector.Widen(rightVectors[block], out var rightLow, out var rightHigh);
            low += leftLow * rightLow;
            high += leftHigh * rightHigh;
        }

        var sum = Vector.Sum(low + high);
        for (var position = leftVectors.Length * Vector<float>.Count; position < left.Length; position++)
            sum += (double)left[position] * right[position];
        return sum;
    }

    /// <summary>True for an empty span.</summary>
    public static bool AllFinite(ReadOnlySpan<float> values) => values.IsEmpty || TensorPrimitives.IsFiniteAll(values);

    /// <summary>target += scale * source.</summary>
    public static void AddScaled(Span<float> target, float scale, ReadOnlySpan<float> source) =>
        TensorPrimitives.MultiplyAdd(source, scale, target, target);

    public static void Scale(Span<float> target, float scale) => TensorPrimitives.Multiply(target, scale, target);

    /// <summary>target[i] /= divisors[i].</summary>
    public static void Divide(Span<float> target, ReadOnlySpan<float> divisors) => TensorPrimitives.Divide(target, divisors, target);

    /// <summary>The dot product of a user row and an item row; small enough to be compiled into the loop that steps the pair next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float DotOfPair(ReadOnlySpan<float> p, ReadOnlySpan<float> q)
    {
        var position = 0;
        var sum = 0f;
        if (Vector512.IsHardwareAccelerated)
        {
            var sums = Vector512<float>.Zero;
            for (; position + Vector512<float>.Count <= p.Length; position += Vector512<float>.Count)
                sums = Vector512.FusedMultiplyAdd(Vector512.Create(p[position..]), Vector512.Create(q[position..]), sums);
            sum = Vector512.Sum(sums);
        }
        else
        {
            var sums = Vector<float>.Zero;
            for (; position + Vector<float>.Count <= p.Length; position += Vector<float>.Count)
                sums = Vector.FusedMultiplyAdd(new Vector<float>(p[position..]), new Vector<float>(q[position..]), sums);
            sum = Vector.Sum(sums);
        }

        for (; position < p.Length; position++)
            sum += p[position] * q[position];
        return sum;
    }

    /// <summary>One step of gradient descent on a user row and an item row at once: p' = shrink p + step q and q' = shrink q + step p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StepPair(Span<float> p, Span<float> q, float shrink, float step)
    {
        var position = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; position + Vector512<float>.Count <= p.Length; position += Vector512<float>.Count)
            {
                var oldP = Vector512.Create<float>(p[position..]);
                var oldQ = Vector512.Create<float>(q[position..]);
                Vector512.FusedMultiplyAdd(oldQ, Vector512.Create(step), oldP * shrink).CopyTo(p[position..]);
                Vector512.FusedMultiplyAdd(oldP, Vector512.Create(step), oldQ * shrink).CopyTo(q[position..]);
            }
        }
        else
        {
            for (; position + Vector<float>.Count <= p.Length; position += Vector<float>.Count)
            {
                var oldP = new Vector<float>(p[position..]);
                var oldQ = new Vector<float>(q[position..]);
                Vector.FusedMultiplyAdd(oldQ, new Vector<float>(step), oldP * shrink).CopyTo(p[position..]);
                Vector.FusedMultiplyAdd(oldP, new Vector<float>(step), oldQ * shrink).CopyTo(q[position..]);
            }
        }

        for (; position < p.Length; position++)
        {
            var (oldP, oldQ) = (p[position], q[position]);
            p[position] = (oldP * shrink) + (oldQ * step);
            q[position] = (oldQ * shrink) + (oldP * step);
        }
    }
}
