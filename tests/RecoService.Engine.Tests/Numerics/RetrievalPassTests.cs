using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class RetrievalPassTests
{
    public static MatrixTheoryData<int, int> Shapes => new([0, 1, 3, 4, 5, 63, 64, 65, 128], [0, 1, 15, 16, 17, 33, 64, 65, 700]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Serve_AnyShape_EqualsScoringEverything(int factors, int rows)
    {
        var items = new FactorMatrix(rows, factors, Datasets.Floats(rows * factors, seed: 1));
        AssertSame(items, [], Datasets.Floats(factors, seed: 2), 0, []);
        AssertSame(items, Datasets.Floats(rows, seed: 3), Datasets.Floats(factors, seed: 2), 3.5f, []);
    }

    [Theory]
    [InlineData(1e-44)]
    [InlineData(1e-30)]
    [InlineData(1e-18)]
    [InlineData(1e18)]
    public void Serve_HugeAndSmallFactors_EqualsScoringEverything(double size)
    {
        var values = Datasets.Floats(300 * 16, seed: 1);
        for (var position = 0; position < values.Length; position++)
            values[position] = (float)(values[position] * (position % 3 == 0 ? size : 1));
        var items = new FactorMatrix(300, 16, values);
        var user = Datasets.Floats(16, seed: 2);

        AssertSame(items, [], user, 0, []);
        AssertSame(items, [], Array.ConvertAll(user, value => value * 1e-25f), 0, []);
        AssertSame(items, [], Array.ConvertAll(user, value => value * 1e15f), 0, []);
    }

    [Fact]
    public void Serve_UnknownItems_AreNeverProposed()
    {
        var items = new FactorMatrix(200, 5, Datasets.Floats(200 * 5, seed: 1));
        for (var item = 0; item < 200; item += 3)
            items.Row(item).Fill(float.NaN);
        items.Row(100)[2] = float.NaN;
        var biases = Datasets.Floats(200, seed: 2);
        biases[50] = float.NaN;

        AssertSame(items, biases, Datasets.Floats(5, seed: 3), 1, []);
        AssertSame(new FactorMatrix(200, 5, [.. Enumerable.Repeat(float.NaN, 1000)]), [], Datasets.Floats(5, seed: 3), 0, []);
        AssertSame(new FactorMatrix(200, 0), biases, [], 0, []);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Serve_BlockedItems_AreLeftOutAndBitsBeyondTheEndAreUnset(int words)
    {
        var random = new SeededRandom(1, words);
        var blocked = new ulong[words];
        foreach (ref var word in blocked.AsSpan())
            word = ((ulong)random.Next(int.MaxValue) << 33) ^ (ulong)random.Next(int.MaxValue);
        AssertSame(new FactorMatrix(200, 8, Datasets.Floats(200 * 8, seed: 1)), [], Datasets.Floats(8, seed: 2), 0, blocked);
        AssertSame(new FactorMatrix(200, 8, Datasets.Floats(200 * 8, seed: 1)), [], Datasets.Floats(8, seed: 2), 0, [.. Enumerable.Repeat(ulong.MaxValue, words)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(20)]
    public void Serve_ItemsOfVeryDifferentLength_EqualsScoringEverything(float biasSize)
    {
        var random = new SeededRandom(1, 0);
        var items = new FactorMatrix(3000, 16, Datasets.Floats(3000 * 16, seed: 1));
        for (var item = 0; item < items.RowCount; item++)
        {
            foreach (ref var value in items.Row(item))
                value /= 1 + random.Next(500);
        }

        var biases = biasSize == 0 ? [] : Array.ConvertAll(Datasets.Floats(3000, seed: 2), value => value * biasSize);
        var blocked = new ulong[40];
        for (var item = 0; item < 2560; item += 2)
            Bits.Set(blocked, item);
        for (var user = 0; user < 20; user++)
        {
            var factors = Datasets.Floats(16, seed: 3 + user);
            AssertSame(items, biases, factors, user, []);
            AssertSame(items, biases, factors, user, blocked);
            AssertSame(items, biases, Array.ConvertAll(factors, value => value * 0.01f), -user, blocked);
        }
    }

    [Fact]
    public void Serve_LongestItemsAllBlocked_FindsTheBestOfTheOthers()
    {
        var items = new FactorMatrix(1000, 2, [.. Enumerable.Range(0, 1000).SelectMany(item => new[] { 1000f - item, 1 })]);
        var blocked = new ulong[10];
        blocked.AsSpan().Fill(ulong.MaxValue);
        AssertSame(items, [], [1, 0], 0, blocked);
        AssertSame(items, [], [-1, 0], 0, blocked);
        AssertSame(items, [], [0, 0], 0, blocked);
    }

    [Fact]
    public void Serve_EqualScores_GoToTheLowerIndex()
    {
        var rows = Enumerable.Range(0, 1000).SelectMany(item => new[] { item % 7, 1f, -(item % 3) }).ToArray();
        AssertSame(new FactorMatrix(1000, 3, rows), [], [1, 2, 3], 0, []);
        AssertSame(new FactorMatrix(1000, 3, rows), [], [0, 0, 0], 2, []);
        AssertSame(new FactorMatrix(1000, 3, rows), [], [float.PositiveInfinity, 1, 1], 2, []);
    }

    [Fact]
    public void Serve_ListThatIsNotEmpty_KeepsTheBestOfBoth()
    {
        var items = new QuantizedFactors(new FactorMatrix(100, 1, [.. Enumerable.Range(0, 100).Select(item => (float)item)]), []);
        var best = new TopK(2);
        best.Offer(1000, 98.5f);
        best.Offer(1001, 7);

        Serve(items, [1], 0, [], best);

        Assert.Equal([(99, 99f), (1000, 98.5f)], Drained(best));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(21)]
    public void Serve_SeveralUsersAndListsOfDifferentLength_EachGetsHisOwn(int users)
    {
        var exact = new FactorMatrix(500, 20, Datasets.Floats(500 * 20, seed: 1));
        var items = new QuantizedFactors(exact, []);
        var factors = new FactorMatrix(users, 20, Datasets.Floats(users * 20, seed: 2));
        var blocked = new ulong[users * 3];
        for (var user = 0; user < users; user++)
            blocked[(user * 3) + (user % 3)] = ulong.MaxValue;
        TopK[] best = [.. Enumerable.Range(0, users).Select(user => new TopK(user % 4 * 30))];

        var pass = new RetrievalPass(items, blocked, 3, best);
        for (var user = 0; user < users; user++)
            pass.Add(factors[user], user, user);
        pass.Finish();

        for (var user = 0; user < users; user++)
            Assert.Equal(Expected(exact, [], factors[user], user, blocked.AsSpan(user * 3, 3), best[user].Capacity), Drained(best[user]));
    }

    [Fact]
    public void Serve_AnyUser_AllocatesNothing()
    {
        var items = new QuantizedFactors(new FactorMatrix(5000, 64, Datasets.Floats(5000 * 64, seed: 1)), []);
        var user = Datasets.Floats(64, seed: 2);
        var best = new TopK(10);
        Serve(items, user, 0, [], best);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var time = 0; time < 10; time++)
            Serve(items, user, 0, [], best);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertSame(FactorMatrix items, float[] biases, float[] user, float offset, ulong[] blocked)
    {
        var quantized = new QuantizedFactors(items, biases);
        foreach (var wanted in new[] { 0, 1, 10, 100, 1000 })
        {
            var best = new TopK(wanted);
            Serve(quantized, user, offset, blocked, best);
            Assert.Equal(Expected(items, biases, user, offset, blocked, wanted), Drained(best));
        }
    }

    private static void Serve(QuantizedFactors items, ReadOnlySpan<float> user, float offset, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var pass = new RetrievalPass(items, blocked, blocked.Length, new ReadOnlySpan<TopK>(ref best));
        pass.Add(user, offset, position: 0);
        pass.Finish();
    }

    private static (int, float)[] Expected(FactorMatrix items, float[] biases, ReadOnlySpan<float> user, float offset, ReadOnlySpan<ulong> blocked, int wanted)
    {
        var best = new TopK(wanted);
        for (var item = 0; item < items.RowCount; item++)
        {
            if (!Bits.IsSet(blocked, item))
                best.Offer(item, offset + (biases.Length == 0 ? 0 : biases[item]) + VectorMath.Dot(user, items[item]));
        }

        return Drained(best);
    }

    private static (int, float)[] Drained(TopK best)
    {
        var (indexes, scores) = (new int[best.Capacity], new float[best.Capacity]);
        var count = best.Drain(indexes, scores);
        return [.. indexes.Zip(scores).Take(count)];
    }
}
