using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class TileKernelTests
{
    private delegate void Kernel(ref float a, ref float b, int depth, ref float c, int stride, bool subtract);

    [Theory]
    [InlineData(1, 0, false)]
    [InlineData(2, 8, true)]
    [InlineData(33, 24, false)]
    [InlineData(256, 16, true)]
    public void Multiply_TwoStrips_EqualsScalarLoopInEveryVersion(int depth, int offset, bool subtract)
    {
        const int Stride = 40;
        var a = Datasets.Floats(depth * TileKernel.Width, seed: 1);
        var b = Datasets.Floats(depth * TileKernel.Width, seed: 2);
        var before = Datasets.Floats(TileKernel.Rows * Stride, seed: 3);

        foreach (var kernel in new Kernel[] { Entry, TileKernel.MultiplyWide, TileKernel.MultiplyNarrow })
        {
            var c = (float[])before.Clone();
            kernel(ref a[offset], ref b[0], depth, ref c[0], Stride, subtract);
            for (var cell = 0; cell < c.Length; cell++)
                Assert.Equal(Expected(cell / Stride, cell % Stride), c[cell], 1e-4);
        }

        double Expected(int row, int column)
        {
            var old = before[(row * Stride) + column];
            if (column >= TileKernel.Width)
                return old;
            var sum = 0.0;
            for (var p = 0; p < depth; p++)
                sum += (double)a[(p * TileKernel.Width) + offset + row] * b[(p * TileKernel.Width) + column];
            return subtract ? old - sum : sum;
        }

        void Entry(ref float _, ref float right, int rows, ref float result, int stride, bool isSubtracted) =>
            TileKernel.Multiply(a.AsSpan(offset), b, rows, System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref result, before.Length), stride, isSubtracted);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void SumRows_SomeRowsOfAStrip_EqualsScalarLoop(int count)
    {
        var strip = Datasets.Floats(20 * TileKernel.Width, seed: 1);
        var weights = Datasets.Floats(count, seed: 2);
        int[] rows = [.. Enumerable.Range(0, count).Select(position => 3 * position % 20)];
        var sum = Datasets.Floats(TileKernel.Width, seed: 3);

        TileKernel.SumRows(rows, weights, strip, sum);

        for (var column = 0; column < sum.Length; column++)
            Assert.Equal(Enumerable.Range(0, count).Sum(position => (double)weights[position] * strip[(rows[position] * TileKernel.Width) + column]), sum[column], 1e-5);
    }
}
