using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Data;

public sealed class SparseMatrixTests
{
    [Fact]
    public void FromEntries_AnyOrder_ColumnsAscendAndCellsAreSummed()
    {
        var matrix = SparseMatrix.FromEntries(3, 4, [2, 0, 2, 2, 0], [3, 1, 0, 3, 0], [1, 2, 3, 4, 5]);

        Assert.Equal([(0, 0, 5f), (0, 1, 2f), (2, 0, 3f), (2, 3, 5f)], matrix.Entries());
        Assert.Equal(4, matrix.NonZeroCount);
        Assert.Equal(0, matrix.RowLength(1));
    }

    [Fact]
    public void Transpose_Twice_IsTheSame()
    {
        var matrix = SparseMatrix.FromEntries(3, 4, [2, 0, 2, 0], [3, 1, 0, 0], [1, 2, 3, 4]);

        var transposed = matrix.Transpose();

        Assert.Equal((4, 3), (transposed.RowCount, transposed.ColumnCount));
        Assert.Equal([(0, 0, 4f), (0, 2, 3f), (1, 0, 2f), (3, 2, 1f)], transposed.Entries());
        Assert.Equal(matrix.Entries(), transposed.Transpose().Entries());
    }

    [Fact]
    public void Transpose_WithValues_ChangesEachOnTheWay()
    {
        var matrix = SparseMatrix.FromEntries(2, 3, [0, 1, 1], [2, 0, 2], [1, 2, 3]);

        Assert.Equal([(0, 1, -2f), (2, 0, -1f), (2, 1, -3f)], matrix.Transpose(value => -value).Entries());
    }

    [Fact]
    public void WithValuesOf_ATransposeWithOtherValues_TakesThem()
    {
        var matrix = SparseMatrix.FromEntries(2, 3, [0, 1, 1], [2, 0, 2], [1, 2, 3]);

        Assert.Equal([(0, 2, 10f), (1, 0, 20f), (1, 2, 30f)], matrix.WithValuesOf(matrix.Transpose(value => 10 * value)).Entries());
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.WithValuesOf(SparseMatrix.Empty(3, 2)));
    }

    [Fact]
    public void EntriesByColumn_OfAnyMatrix_NamesTheEntryBehindEachOfTheTranspose()
    {
        // By rows: 10 at (0, 2), 20 at (1, 0), 30 at (1, 2); by columns 20, 10, 30.
        var matrix = SparseMatrix.FromEntries(2, 3, [0, 1, 1], [2, 0, 2], [10, 20, 30]);

        Assert.Equal([1, 0, 2], matrix.EntriesByColumn());
        Assert.Equal(matrix.Transpose().Entries().Select(entry => entry.Value), matrix.EntriesByColumn().Select(matrix.ValueOf));
        Assert.Empty(SparseMatrix.Empty(3, 2).EntriesByColumn());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    public void Empty_AnyShape_HasNoEntries(int rows, int columns)
    {
        Assert.Empty(SparseMatrix.Empty(rows, columns).Entries());
        var transposed = SparseMatrix.FromEntries(rows, columns, [], [], []).Transpose();
        Assert.Equal((columns, rows), (transposed.RowCount, transposed.ColumnCount));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(2, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 2)]
    public void FromEntries_OutsideTheMatrix_Throws(int row, int column) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SparseMatrix.FromEntries(2, 2, [row], [column], [1]));
}
