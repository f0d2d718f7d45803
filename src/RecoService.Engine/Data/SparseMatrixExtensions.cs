using RecoService.Engine.Numerics;

namespace RecoService.Engine.Data;

/// <summary>Matrices whose rows and columns stand for keys.</summary>
public static class SparseMatrixExtensions
{
    /// <summary>The same entries over other keys; rows and columns of keys that are not in the target are dropped.</summary>
    /// <param name="matrix">|fromRows| x |fromColumns|.</param>
    /// <param name="fromRows">The keys of its rows.</param>
    /// <param name="toRows">Those of the result's.</param>
    /// <param name="fromColumns">The keys of its columns.</param>
    /// <param name="toColumns">Those of the result's.</param>
    public static SparseMatrix Rebase(this SparseMatrix matrix, KeyMap fromRows, KeyMap toRows, KeyMap fromColumns, KeyMap toColumns) =>
        // Keys ascend with indexes in every map, so the columns of a row stay in order.
        matrix.Pick(toRows.IndexesIn(fromRows), fromColumns.IndexesIn(toColumns), toColumns.Count);
}
