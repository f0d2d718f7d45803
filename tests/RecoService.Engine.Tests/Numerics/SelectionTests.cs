using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

/// <summary>Vectors select what a loop over the values does.</summary>
public sealed class SelectionTests
{
    public static TheoryData<int> Lengths => [0, 1, 15, 16, 63, 64, 65, 127, 128, 129, 1000];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void EqualTo_AnyLength_IsThatOfALoop(int length)
    {
        var random = new SeededRandom(length, 0);
        var codes = new int[length];
        var flags = new sbyte[length];
        for (var position = 0; position < length; position++)
            (codes[position], flags[position]) = (random.Next(4) - 1, (sbyte)(random.Next(3) - 1));

        for (var wanted = -1; wanted < 4; wanted++)
        {
            Assert.Equal(Loop(codes, code => code == wanted), Words(length, words => Selection.EqualTo<int>(codes, wanted, words)));
            Assert.Equal(Loop(flags, flag => flag == wanted), Words(length, words => Selection.EqualTo<sbyte>(flags, (sbyte)wanted, words)));
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Between_AnyLength_IsThatOfALoop(int length)
    {
        var random = new SeededRandom(length, 0);
        double[] special = [double.NaN, double.NegativeInfinity, double.PositiveInfinity, -0.0, 0.0, 2.5, 3, double.Epsilon, double.MaxValue];
        var numbers = new double[length];
        var times = new long[length];
        for (var position = 0; position < length; position++)
            (numbers[position], times[position]) = (special[random.Next(special.Length)], random.Next(3) == 0 ? long.MinValue : random.Next(10) - 5);

        foreach (var (least, most) in ((double, double)[])[(0, 3), (2.5, 2.5), (double.NegativeInfinity, double.PositiveInfinity), (3, 0), (double.NaN, 3), (-1, double.PositiveInfinity)])
            Assert.Equal(Loop(numbers, number => number >= least && number <= most), Words(length, words => Selection.Between<double>(numbers, least, most, words)));
        foreach (var (first, last) in ((long, long)[])[(-2, 3), (long.MinValue, long.MaxValue), (4, -4), (long.MinValue + 1, 0)])
            Assert.Equal(Loop(times, time => time >= first && time <= last), Words(length, words => Selection.Between<long>(times, first, last, words)));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void EqualToAny_AnyLengthAndNumber_IsThatOfALoop(int length)
    {
        var random = new SeededRandom(length, 0);
        var codes = new int[length];
        foreach (ref var code in codes.AsSpan())
            code = random.Next(12) - 1;

        for (var count = 0; count < 8; count++)
        {
            var wanted = Enumerable.Range(0, count).Select(_ => random.Next(12) - 1).ToArray();
            Assert.Equal(Loop(codes, wanted.Contains), Words(length, words => Selection.EqualToAny<int>(codes, wanted, words)));
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void BetweenAny_AnyLengthAndNumber_IsThatOfALoop(int length)
    {
        var random = new SeededRandom(length, 0);
        double[] special = [double.NaN, double.NegativeInfinity, double.PositiveInfinity, -0.0, 0.0, 1, 2, 3, 4, 5];
        var numbers = new double[length];
        foreach (ref var number in numbers.AsSpan())
            number = special[random.Next(special.Length)];

        for (var count = 0; count < 8; count++)
        {
            var least = Enumerable.Range(0, count).Select(_ => special[random.Next(special.Length)]).ToArray();
            var most = least.Select(one => one + random.Next(3)).ToArray();
            Assert.Equal(
                Loop(numbers, number => least.Zip(most).Any(range => number >= range.First && number <= range.Second)),
                Words(length, words => Selection.BetweenAny<double>(numbers, least, most, words)));
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void MembersOf_AnyLength_IsThatOfALoopAndNamesTheLargest(int length)
    {
        var random = new SeededRandom(length, 0);
        var codes = new int[length];
        foreach (ref var code in codes.AsSpan())
            code = random.Next(150) - 1;
        codes = length > 2 ? [int.MaxValue, int.MinValue, .. codes[2..]] : codes;
        ulong[] members = [random.Next(), random.Next()];

        var largest = 0;
        var words = Words(length, into => largest = Selection.MembersOf(codes, members, into));

        Assert.Equal(Loop(codes, code => code >= 0 && code < 128 && Bits.IsSet(members, code)), words);
        Assert.Equal(codes.Append(-1).Max(), largest);
        Assert.All(Words(length, into => Selection.MembersOf(codes, [], into)), word => Assert.Equal(0UL, word));
    }

    /// <summary>Sets of one vector, of several, of the most, and of more than are looked up by vectors.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(100)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(1000)]
    public void MembersOf_SetOfAnySize_IsThatOfALoop(int memberWords)
    {
        var random = new SeededRandom(memberWords, 0);
        var members = new ulong[memberWords];
        foreach (ref var word in members.AsSpan())
            word = random.Next();
        foreach (var length in (int[])[64, 128, 1000])
        {
            var codes = new int[length];
            foreach (ref var code in codes.AsSpan())
                code = random.Next((64 * memberWords) + 100) - 1;
            (codes[0], codes[1], codes[2]) = (64 * memberWords, (64 * memberWords) - 1, int.MinValue);

            var largest = 0;
            var words = Words(length, into => largest = Selection.MembersOf(codes, members, into));

            Assert.Equal(Loop(codes, code => code >= 0 && code < 64 * memberWords && Bits.IsSet(members, code)), words);
            Assert.Equal(codes.Max(), largest);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(640)]
    public void Pairs_WholeWords_IsThatOfALoop(int length)
    {
        var random = new SeededRandom(length, 0);
        double[] special = [double.NaN, double.NegativeInfinity, -0.0, 0.0, 2.5, 3];
        var (numbers, others) = (new double[length], new double[length]);
        for (var position = 0; position < length; position++)
            (numbers[position], others[position]) = (special[random.Next(special.Length)], special[random.Next(special.Length)]);

        foreach (var (less, equal) in ((bool, bool)[])[(true, false), (false, true), (true, true), (false, false)])
        {
            var wanted = new ulong[Bits.WordsFor(length)];
            for (var position = 0; position < length; position++)
            {
                if ((less && numbers[position] < others[position]) || (equal && numbers[position] == others[position]))
                    Bits.Set(wanted, position);
            }

            Assert.Equal(wanted, Words(length, words => Selection.Pairs<double>(numbers, others, less, equal, words)));
        }
    }

    /// <summary>The words hold something before, and one more than is needed, which is to stay.</summary>
    private static ulong[] Words(int length, Action<Span<ulong>> select)
    {
        var words = new ulong[Bits.WordsFor(length) + 1];
        Array.Fill(words, ulong.MaxValue);
        select(words);
        Assert.Equal(ulong.MaxValue, words[^1]);
        return words[..^1];
    }

    private static ulong[] Loop<T>(T[] values, Predicate<T> isWanted)
    {
        var words = new ulong[Bits.WordsFor(values.Length)];
        for (var position = 0; position < values.Length; position++)
        {
            if (isWanted(values[position]))
                Bits.Set(words, position);
        }

        return words;
    }
}
