using static TorchSharp.torch;

namespace RecoService.Neural;

/// <summary>Rows by index.</summary>
internal static class Lookup
{
    /// <param name="rows">n x d.</param>
    /// <param name="indexes">Of any shape, int64.</param>
    /// <returns>The shape of the indexes x d.</returns>
    public static Tensor Of(Tensor rows, Tensor indexes) => rows.index_select(0, indexes.flatten()).view([.. indexes.shape, rows.shape[1]]);
}
