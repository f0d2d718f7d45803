using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.ImplicitAls;

/// <summary>U^-1 of Y^T Y + lambda I = U^T U for rows of few entries: one for all where lambda is the same, else one per number of entries, made when it is first asked for. Thread-safe.</summary>
/// <param name="gram">Y^T Y, f x f, the upper triangle.</param>
/// <param name="factors">f.</param>
/// <param name="regularization">lambda by the number of entries.</param>
internal sealed class InverseRoots(float[] gram, int factors, RowRegularization regularization)
{
    /// <summary>With more factors, one per number of entries would take more than 5 MB.</summary>
    private const int MostFactorsOfMany = 128;

    private readonly Lazy<AlignedFloats?>[] roots = [.. Enumerable.Range(0, CountOf(factors, regularization)).Select(entries =>
        new Lazy<AlignedFloats?>(() => ShortRowSolver.InverseRootOf(gram, factors, regularization.Of(entries))))];

    /// <summary>Of a row of so many entries; null where there is none, or there are too many.</summary>
    public AlignedFloats? Of(int entries)
    {
        if (entries > ShortRowSolver.MaxEntries(factors) || roots.Length == 0)
            return null;
        return roots[regularization.Exponent == 0 ? 0 : entries].Value;
    }

    private static int CountOf(int factors, RowRegularization regularization)
    {
        var most = ShortRowSolver.MaxEntries(factors);
        if (most == 0)
            return 0;
        return regularization.Exponent == 0 ? 1 : factors <= MostFactorsOfMany ? most + 1 : 0;
    }
}
