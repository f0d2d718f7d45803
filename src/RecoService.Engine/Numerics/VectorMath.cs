using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace RecoService.Engine.Numerics;

/// <summary>The inner loops of the trainers, over spans. Each gives the same bits on every run of one machine.</summary>
internal static class VectorMath
{
    public static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right) => TensorPrimitives.Dot(left, right);

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
        for (var place = leftVectors.Length * Vector<float>.Count; place < left.Length; place++)
            sum += (double)left[place] * right[place];
        return sum;
    }

    /// <summary>True for an empty span.</summary>
    public static bool AllFinite(ReadOnlySpan<float> values) => values.IsEmpty || TensorPrimitives.IsFiniteAll(values);

    /// <summary>target += scale * source.</summary>
    public static void AddScaled(Span<float> target, float scale, ReadOnlySpan<float> source) =>
        TensorPrimitives.MultiplyAdd(source, scale, target, target);

    public static void Scale(Span<float> target, float scale) => TensorPrimitives.Multiply(target, scale, target);

    /// <summary>
    /// matrix += rows^T diag(weights) rows: the rank-k update of a Gram matrix and of the normal equations.
    /// Only the upper triangle is meant; what stands below the diagonal afterwards is unspecified.
    /// </summary>
    /// <param name="matrix">n x n, row-major.</param>
    /// <param name="n">The length of a row.</param>
    /// <param name="rows">k x n, row-major.</param>
    /// <param name="weights">k.</param>
    public static void AddWeightedGram(Span<float> matrix, int n, ReadOnlySpan<float> rows, ReadOnlySpan<float> weights)
    {
        var row = 0;
        for (; row + 4 <= weights.Length; row += 4)
            AddFourRows(matrix, n, 0, rows.Slice(row * n, 4 * n), weights.Slice(row, 4));
        for (; row < weights.Length; row++)
        {
            var source = rows.Slice(row * n, n);
            for (var i = 0; i < n; i++)
                AddScaled(matrix.Slice((i * n) + i, n - i), weights[row] * source[i], source[i..]);
        }
    }

    /// <summary>The rank-4 update of the rows from <paramref name="firstRow"/> on: each element of the matrix is loaded and stored once for four products.</summary>
    public static void AddFourRows(Span<float> matrix, int n, int firstRow, ReadOnlySpan<float> rows, ReadOnlySpan<float> weights)
    {
        var a = rows[..n];
        var b = rows.Slice(n, n);
        var c = rows.Slice(2 * n, n);
        var d = rows.Slice(3 * n, n);
        var aVectors = MemoryMarshal.Cast<float, Vector<float>>(a);
        var bVectors = MemoryMarshal.Cast<float, Vector<float>>(b);
        var cVectors = MemoryMarshal.Cast<float, Vector<float>>(c);
        var dVectors = MemoryMarshal.Cast<float, Vector<float>>(d);
        for (var i = firstRow; i < n; i++)
        {
            var target = matrix.Slice(i * n, n);
            var (aScale, bScale, cScale, dScale) = (weights[0] * a[i], weights[1] * b[i], weights[2] * c[i], weights[3] * d[i]);
            var (aScales, bScales, cScales, dScales) = (new Vector<float>(aScale), new Vector<float>(bScale), new Vector<float>(cScale), new Vector<float>(dScale));

            // The first vector of a row may begin left of the diagonal: cheaper than a scalar head in every row.
            var targets = MemoryMarshal.Cast<float, Vector<float>>(target);
            for (var block = i / Vector<float>.Count; block < targets.Length; block++)
            {
                var sum = Vector.FusedMultiplyAdd(aVectors[block], aScales, targets[block]);
                sum = Vector.FusedMultiplyAdd(bVectors[block], bScales, sum);
                sum = Vector.FusedMultiplyAdd(cVectors[block], cScales, sum);
                targets[block] = Vector.FusedMultiplyAdd(dVectors[block], dScales, sum);
            }

            for (var j = Math.Max(i, targets.Length * Vector<float>.Count); j < n; j++)
                target[j] += (aScale * a[j]) + (bScale * b[j]) + (cScale * c[j]) + (dScale * d[j]);
        }
    }

    /// <summary>One step of gradient descent on a user row and an item row at once: p' = shrink p + step q and q' = shrink q + step p.</summary>
    public static void StepPair(Span<float> p, Span<float> q, float shrink, float step)
    {
        var pVectors = MemoryMarshal.Cast<float, Vector<float>>(p);
        var qVectors = MemoryMarshal.Cast<float, Vector<float>>(q[..p.Length]);
        for (var block = 0; block < pVectors.Length; block++)
        {
            var oldP = pVectors[block];
            var oldQ = qVectors[block];
            pVectors[block] = (oldP * shrink) + (oldQ * step);
            qVectors[block] = (oldQ * shrink) + (oldP * step);
        }

        for (var place = pVectors.Length * Vector<float>.Count; place < p.Length; place++)
        {
            var (oldP, oldQ) = (p[place], q[place]);
            p[place] = (oldP * shrink) + (oldQ * step);
            q[place] = (oldQ * shrink) + (oldP * step);
        }
    }
}
