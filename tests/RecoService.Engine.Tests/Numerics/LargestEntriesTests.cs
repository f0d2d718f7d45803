using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class LargestEntriesTests
{
    [Theory]
    [InlineData(0, new int[0], new float[0])]
    [InlineData(2, new[] { 20, 50 }, new[] { -7f, 5f })]
    [InlineData(9, new[] { 10, 20, 40, 50 }, new[] { 1f, -7f, 2f, 5f })]
    public void Of_Row_KeepsTheLargestByMagnitudeInOrderOfColumns(int capacity, int[] columns, float[] values)
    {
        var largest = new LargestEntries(capacity);
        for (var again = 0; again < 2; again++)
        {
            var (keptColumns, keptValues) = largest.Of([1, -7, 0, 2, 5], [10, 20, 30, 40, 50]);
            Assert.Equal(columns, keptColumns);
            Assert.Equal(values, keptValues);
        }
    }
}
