using System.Diagnostics.CodeAnalysis;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>
/// Distinct lists of codes, one behind the other, each under a number of its own: items that have the same list share it. Append-only. Readers take no lock; writers
/// are serialised by the <see cref="ServingState"/>.
/// </summary>
internal sealed class ListPool
{
    private const int LookUpBytes = 16;

    private readonly HashSet<int> lists;
    private readonly HashSet<int>.AlternateLookup<ReadOnlySpan<int>> byCodes;
    private volatile int[] codes = [];
    private volatile int[] ends = [];
    private volatile int count;

    public ListPool()
    {
        lists = new HashSet<int>(new ByContent(this));
        byCodes = lists.GetAlternateLookup<ReadOnlySpan<int>>();
    }

    public int Count => count;

    public long ByteCount => Memory.ArrayBytes(codes.Length, sizeof(int)) + Memory.ArrayBytes(ends.Length, sizeof(int)) + ((long)lists.Capacity * LookUpBytes);

    public ReadOnlySpan<int> this[int list]
    {
        get
        {
            var limits = ends;
            return codes.AsSpan(StartOf(limits, list)..limits[list]);
        }
    }

    public int GetOrAdd(ReadOnlySpan<int> wanted)
    {
        if (byCodes.TryGetValue(wanted, out var list))
            return list;
        list = count;
        var start = StartOf(ends, list);
        codes = Grown(codes, start + wanted.Length);
        ends = Grown(ends, list + 1);
        wanted.CopyTo(codes.AsSpan(start));
        ends[list] = start + wanted.Length;
        // The list stands before its number can be met.
        count = list + 1;
        lists.Add(list);
        return list;
    }

    /// <summary>The lists that hold any of some codes, as a bit each, and the last list that was looked at.</summary>
    /// <param name="members">A bit per code.</param>
    public (int Last, ulong[] Lists) HoldingAny(ReadOnlySpan<ulong> members)
    {
        var known = count;
        var holding = new ulong[Bits.WordsFor(known)];
        for (var list = 0; list < known; list++)
        {
            foreach (var code in this[list])
            {
                if (!Bits.IsSet(members, code))
                    continue;
                Bits.Set(holding, list);
                break;
            }
        }

        return (known - 1, holding);
    }

    private static int StartOf(int[] ends, int list) => list == 0 ? 0 : ends[list - 1];

    private static int[] Grown(int[] array, int wanted)
    {
        if (wanted > array.Length)
            Array.Resize(ref array, Math.Max(wanted, Math.Max(16, 2 * array.Length)));
        return array;
    }

    private sealed class ByContent(ListPool pool) : IEqualityComparer<int>, IAlternateEqualityComparer<ReadOnlySpan<int>, int>
    {
        public bool Equals(int x, int y) => x == y;

        public int GetHashCode(int obj) => GetHashCode(pool[obj]);

        public bool Equals(ReadOnlySpan<int> alternate, int other) => alternate.SequenceEqual(pool[other]);

        public int GetHashCode(ReadOnlySpan<int> alternate)
        {
            var hash = default(HashCode);
            foreach (var code in alternate)
                hash.Add(code);
            return hash.ToHashCode();
        }

        [ExcludeFromCodeCoverage]
        public int Create(ReadOnlySpan<int> alternate) => throw new NotSupportedException();
    }
}
