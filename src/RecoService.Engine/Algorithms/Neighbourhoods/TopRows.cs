using System.Collections.Concurrent;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Neighbourhoods;

/// <summary>Builds a sparse matrix of the best entries of rows that are computed dense, a few rows at a time.</summary>
internal static class TopRows
{
    private const int RowsPerBlock = 32;
    private const int Stages = 20;

    /// <summary>Fills one dense row. Called by several threads at once.</summary>
    public delegate void RowScorer(int row, Span<float> scores);

    /// <summary>The <paramref name="k"/> highest entries above 0 of each row; ties go to the lower column. The thread count does not change the result.</summary>
    public static SparseMatrix Build(int rowCount, int columnCount, int k, TrainingContext context, RowScorer score)
    {
        var rows = new (int[] Columns, float[] Values)[rowCount];
        var workspaces = new ConcurrentBag<Workspace>();
        var blocks = (rowCount + RowsPerBlock - 1) / RowsPerBlock;
        for (var stage = 0; stage < Stages; stage++)
        {
            context.Report("neighbours", (double)stage / Stages);
            var first = blocks * stage / Stages;
            context.ForEachBlock((blocks * (stage + 1) / Stages) - first, block =>
            {
                if (!workspaces.TryTake(out var workspace))
                    workspace = new Workspace(columnCount, Math.Min(k, columnCount));
                var start = (first + block) * RowsPerBlock;
                for (var row = start; row < Math.Min(start + RowsPerBlock, rowCount); row++)
                    rows[row] = workspace.Select(row, score);
                workspaces.Add(workspace);
            });
        }

        return SparseMatrix.Join(columnCount, rows);
    }

    private sealed class Workspace(int columnCount, int k)
    {
        private readonly float[] scores = new float[columnCount];
        private readonly TopK best = new(k);
        private readonly int[] columns = new int[k];
        private readonly float[] values = new float[k];

        public (int[] Columns, float[] Values) Select(int row, RowScorer score)
        {
            score(row, scores);
            SparseMath.OfferPositive(scores, best);
            var count = best.Drain(columns, values);
            columns.AsSpan(0, count).Sort(values.AsSpan(0, count));
            return (columns[..count], values[..count]);
        }
    }
}
