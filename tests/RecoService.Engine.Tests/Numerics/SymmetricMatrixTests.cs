using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class SymmetricMatrixTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(100)]
    public void CopyFullRows_EveryStrip_HasBothSidesOfTheDiagonal(int order)
    {
        var matrix = new SymmetricMatrix(order);
        for (var row = 0; row < order; row++)
        {
            for (var column = 0; column <= row; column++)
                matrix.Row(row)[column] = (1000 * row) + column;
        }

        for (var strip = 0; strip < matrix.StripCount; strip++)
        {
            var rows = new float[SymmetricMatrix.StripRows * order];
            matrix.CopyFullRows(strip, rows);
            for (var i = strip * SymmetricMatrix.StripRows; i < Math.Min((strip + 1) * SymmetricMatrix.StripRows, order); i++)
            {
                for (var j = 0; j < order; j++)
                {
                    var expected = (1000 * Math.Max(i, j)) + Math.Min(i, j);
                    Assert.Equal(expected, rows[(i % SymmetricMatrix.StripRows * order) + j]);
                    Assert.Equal(expected, matrix[i, j]);
                }
            }
        }
    }

    [Fact]
    public void BytesFor_ManyItems_IsAboutHalfTheSquare()
    {
        // 313 strips: 512 x 313 x 314 values of 4 bytes.
        Assert.Equal(201_281_536, SymmetricMatrix.BytesFor(10_000));
        Assert.InRange(SymmetricMatrix.BytesFor(SymmetricMatrix.MaxOrder) / sizeof(float), 1, Array.MaxLength);
    }

    [Fact]
    public void Constructor_OrderBeyondOneArray_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SymmetricMatrix(SymmetricMatrix.MaxOrder + 1));
}
