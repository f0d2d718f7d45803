namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>What things take in memory on a 64-bit machine.</summary>
internal static class Memory
{
    private const int ArrayHeader = 24;
    private const int StringHeader = 22;

    public static long ArrayBytes(int length, int elementBytes) => Aligned(ArrayHeader + ((long)length * elementBytes));

    public static long StringBytes(string text) => Aligned(StringHeader + (2L * text.Length));

    private static long Aligned(long bytes) => (bytes + 7) & ~7L;
}
