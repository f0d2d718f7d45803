using TorchSharp;
using static TorchSharp.torch;

namespace RecoService.Neural;

internal static class TensorValues
{
    /// <summary>All of them, row-major.</summary>
    public static float[] Values(this Tensor tensor) => [.. tensor.detach().cpu().contiguous().data<float>()];

    /// <summary>Rows of NaN but for those that are known.</summary>
    /// <param name="values">Row-major.</param>
    /// <param name="known">Row indexes.</param>
    /// <param name="width">The length of a row.</param>
    public static float[] Known(this float[] values, int[] known, int width)
    {
        var kept = new float[values.Length];
        Array.Fill(kept, float.NaN);
        foreach (var row in known)
            values.AsSpan(row * width, width).CopyTo(kept.AsSpan(row * width));
        return kept;
    }
}
