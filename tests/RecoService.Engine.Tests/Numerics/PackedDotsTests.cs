using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class PackedDotsTests
{
    private delegate void Kernel(ReadOnlySpan<byte> block, ReadOnlySpan<int> user, int start, Span<int> dots);

    public static TheoryData<string> Kernels => ["Vnni", "Avx512", "Avx2", "Scalar"];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void MultiplyOne_AnyNumberOfGroups_EqualsSum(string name)
    {
        var (kernel, isSupported) = KernelOf(name);
        Assert.SkipUnless(isSupported, "This processor has no such instructions.");
        foreach (var groups in new[] { 0, 1, 2, 3, 16, 17, 128 })
        {
            var (block, user) = (Bytes(groups * 256, seed: groups), Levels(groups * 4, seed: groups + 1, name == "Vnni" ? 127 : WideningDots.MostLevel));
            var dots = new int[65];

            kernel(block, MemoryMarshal.Cast<byte, int>(user), -7, dots);

            Assert.Equal([.. Enumerable.Range(0, 64).Select(row => Expected(block, user, -7, row)), 0], dots);
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void MultiplyOne_LargestValues_DoesNotSaturate(string name)
    {
        var (kernel, isSupported) = KernelOf(name);
        Assert.SkipUnless(isSupported, "This processor has no such instructions.");
        var dots = new int[64];
        foreach (var level in name == "Vnni" ? new sbyte[] { 127, -127, -128 } : [WideningDots.MostLevel, -WideningDots.MostLevel])
        {
            kernel(Filled(128 * 256, 255), MemoryMarshal.Cast<byte, int>(Filled(128 * 4, (byte)level)), 0, dots);
            Assert.All(dots, dot => Assert.Equal(512 * 255 * level, dot));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(9)]
    public void Multiply_SeveralUsers_EqualsSum(int users)
    {
        foreach (var groups in new[] { 0, 1, 16, 33 })
        {
            var (block, levels) = (Bytes(groups * 256, seed: 1), Levels(users * groups * 4, seed: 2, PackedDots.MostLevel));
            int[] starts = [.. Enumerable.Range(1, users)];
            var dots = new int[users * 64];

            PackedDots.Multiply(block, MemoryMarshal.Cast<byte, int>(levels), starts, dots);

            for (var position = 0; position < dots.Length; position++)
                Assert.Equal(Expected(block, levels.AsSpan(position / 64 * groups * 4, groups * 4), starts[position / 64], position % 64), dots[position]);
        }
    }

    private static (Kernel Kernel, bool IsSupported) KernelOf(string name) => name switch
    {
        "Vnni" => (PackedDots.MultiplyOneVnni, AvxVnni.IsSupported),
        "Avx512" => (WideningDots.MultiplyAvx512, Avx512BW.IsSupported),
        "Avx2" => (WideningDots.MultiplyAvx2, Avx2.IsSupported),
        _ => (WideningDots.MultiplyScalar, true),
    };

    private static int Expected(ReadOnlySpan<byte> block, ReadOnlySpan<byte> user, int start, int row)
    {
        for (var factor = 0; factor < user.Length; factor++)
            start += block[(((factor / 4 * 64) + row) * 4) + (factor % 4)] * (sbyte)user[factor];
        return start;
    }

    private static byte[] Bytes(int count, int seed)
    {
        var random = new SeededRandom(seed, 0);
        return [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(256))];
    }

    private static byte[] Levels(int count, int seed, int most)
    {
        var random = new SeededRandom(seed, 0);
        return [.. Enumerable.Range(0, count).Select(_ => (byte)(random.Next((2 * most) + 1) - most))];
    }

    private static byte[] Filled(int count, byte value) => [.. Enumerable.Repeat(value, count)];
}
