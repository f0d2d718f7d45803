using System.Text;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Tests.Evaluation;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Snapshots;

public sealed class ModelSerializerTests
{
    private static readonly KeyMap Users = KeyMap.FromAscending([-1, 5, int.MaxValue]);
    private static readonly KeyMap Items = KeyMap.FromAscending([2, 3]);

    private static readonly FactorModel Factors = new(
        Users, Items, new FactorMatrix(3, 2, [1, 2, float.NaN, float.NaN, -0f, float.MaxValue]), new FactorMatrix(2, 2, [5, 6, 7, 8]),
        3.5f, [0.5f, float.NaN, 1], [0.25f, -1], FoldIns.OfRatings(0.5f));

    private static readonly PopularityModel Popularity = new(Users, Items, [float.NaN, 7]);

    public static TheoryData<string> Models => ["factors", "popularity"];

    [Fact]
    public void Read_FactorModel_HasTheSameBits()
    {
        var read = Assert.IsType<FactorModel>(Read(Bytes(Factors)));
        Assert.Equal(Users.Keys, read.Users.Keys);
        Assert.Equal(Items.Keys, read.Items.Keys);
        Assert.Equal(Factors.UserFactors.Values, read.UserFactors.Values);
        Assert.Equal(Factors.ItemFactors.Values, read.ItemFactors.Values);
        Assert.Equal(Factors.UserBiases, read.UserBiases);
        Assert.Equal(Factors.ItemBiases, read.ItemBiases);
        Assert.Equal((3.5f, 0.5f), (read.Mean, Assert.IsType<RatingFoldIn>(read.FoldIn).Regularization));
        Assert.Equal(Bytes(Factors), Bytes(read));
    }

    [Fact]
    public void Read_PopularityModel_HasTheSameScores()
    {
        var read = Assert.IsType<PopularityModel>(Read(Bytes(Popularity)));
        Assert.Equal(Popularity.Scores, read.Scores);
    }

    [Fact]
    public void Read_StreamThatCannotSeek_WorksAndStopsAtTheEndOfTheModel()
    {
        // Larger than every buffer, so that arrays have to grow.
        var large = new FactorModel(
            KeyMap.FromAscending([.. Enumerable.Range(0, 5_000)]), Items, new FactorMatrix(5_000, 100, Datasets.Floats(500_000, seed: 1)), new FactorMatrix(2, 100));
        using var stream = new OneWay([.. Bytes(large), .. Bytes(Popularity)]);

        Assert.Equal(large.UserFactors.Values, Assert.IsType<FactorModel>(ModelSerializer.Read(stream, BuiltInTrainers.Registry.Formats)).UserFactors.Values);
        Assert.IsType<PopularityModel>(ModelSerializer.Read(stream, BuiltInTrainers.Registry.Formats));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Read_AnyBitFlipped_ThrowsInvalidDataOrGivesAModel(string name)
    {
        var bytes = BytesOf(name);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(Record.Exception(() => Read(damaged)) is null or InvalidDataException, $"bit {bit}");
            Assert.True(Record.Exception(() => ModelSerializer.Read(new OneWay(damaged), BuiltInTrainers.Registry.Formats)) is null or InvalidDataException, $"bit {bit}");
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Read_CutShortAnywhere_ThrowsInvalidData(string name)
    {
        var bytes = BytesOf(name);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => Read(bytes[..length]));
            Assert.Throws<InvalidDataException>(() => ModelSerializer.Read(new OneWay(bytes[..length]), BuiltInTrainers.Registry.Formats));
        }
    }

    [Fact]
    public void Read_ForeignInput_ThrowsInvalidData()
    {
        Assert.Throws<InvalidDataException>(() => Read(Encoding.UTF8.GetBytes("""{ "model": "this is not one of ours", "factors": [1, 2, 3] }""")));
        Assert.Throws<InvalidDataException>(() => Read(new byte[4096]));
    }

    [Fact]
    public void Read_OtherFrame_NamesBothVersions()
    {
        var bytes = Bytes(Popularity);
        bytes[8] = 3;
        var exception = Assert.Throws<InvalidDataException>(() => Read(bytes));
        Assert.Contains("version 3", exception.Message, StringComparison.Ordinal);
        Assert.Contains("version 5", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ModelOfAFormatThatComesWithItsTrainer_IsThatModel()
    {
        var own = BuiltInTrainers.Registry.With<OwnOptions>("own", _ => throw new InvalidOperationException(), [Own.Stored]);
        var bytes = Bytes(new Own(Users, Items, 7));

        var read = Assert.IsType<Own>(ModelSerializer.Read(new MemoryStream(bytes), own.Formats));

        Assert.Equal((7, 3, 2), (read.Number, read.Users.Count, read.Items.Count));
        var exception = Assert.Throws<InvalidDataException>(() => Read(bytes));
        Assert.Contains("format 'own', which this program does not know", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OtherVersionOfAFormat_NamesBothVersions()
    {
        var newer = StoredFormats.None.With([new StoredFormat<Own>("own", 5, _ => throw new InvalidOperationException())]);

        var exception = Assert.Throws<InvalidDataException>(() => ModelSerializer.Read(new MemoryStream(Bytes(new Own(Users, Items, 7))), newer));

        Assert.Contains("version 2 of the format 'own'; this program reads version 5", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>A part that is no model, in the place of one.</summary>
    [Fact]
    public void Read_PartOfAnotherKind_ThrowsInvalidData()
    {
        using var stream = new MemoryStream();
        var writer = new ModelWriter(stream);
        writer.WriteInt64(0x4C444F4D4F434552);
        writer.WriteInt32(5);
        writer.WritePart(FoldIns.OfRatings(0.5f));

        Assert.Throws<InvalidDataException>(() => Read(stream.ToArray()));
    }

    [Fact]
    public void With_TwoFormatsOfOneName_Throws() =>
        Assert.Throws<ArgumentException>(() => BuiltInTrainers.Registry.Formats.With([new StoredFormat<Own>("factors", 1, _ => throw new InvalidOperationException())]));

    [Theory]
    [InlineData(1, "item-weights", "content", "user-knn", "rating-knn", "rating-user-knn", "slope-one", "composed", "weighted-blend", "feature-ranker", "linear-ranker", "rating-fold-in", "pure-svd-fold-in")]
    [InlineData(2, "factors", "popularity", "implicit-als-fold-in", "bpr-fold-in")]
    public void Formats_OfEveryBuiltInTrainer_AreThere(int version, params string[] names) =>
        Assert.All(names, name => Assert.Equal(name, BuiltInTrainers.Registry.Formats.Find(name, version).Name));

    [Fact]
    public void Read_HugeCounts_AllocatesLittle()
    {
        // After magic and version: the length of the format's name and the name, its version, the number of users and their keys, the number of items and their
        // keys, rows and factors of the user factors.
        const int users = 12 + 4 + (4 * 7) + 4;
        var items = users + 4 + (4 * Factors.Users.Count);
        var rows = items + 4 + (4 * Factors.Items.Count);
        foreach (var position in new[] { 12, users, items, rows, rows + 4 })
        {
            var damaged = Bytes(Factors);
            BitConverter.GetBytes(500_000_000).CopyTo(damaged, position);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<InvalidDataException>(() => Read(damaged));
            Assert.Throws<InvalidDataException>(() => ModelSerializer.Read(new OneWay(damaged), BuiltInTrainers.Registry.Formats));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_000_000);
        }
    }

    [Fact]
    public void Read_KeysThatDoNotAscend_ThrowsInvalidData()
    {
        using var stream = new MemoryStream();
        var writer = new ModelWriter(stream);
        writer.WriteInts(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(Bytes(Popularity).AsSpan(0, 12)));
        writer.WriteText("popularity");
        writer.WriteInts([1, 2, 5, 5, 0, 0]);
        Assert.Throws<InvalidDataException>(() => Read(stream.ToArray()));
    }

    [Fact]
    public void Write_ModelWithoutAStoredForm_Throws() =>
        Assert.Throws<ArgumentException>(() => ModelSerializer.Write(new FixedScorer(Users, Items, (_, _) => 0), Stream.Null));

    private static byte[] BytesOf(string name) => Bytes(name == "factors" ? Factors : Popularity);

    private static byte[] Bytes(IScorer model)
    {
        using var stream = new MemoryStream();
        ModelSerializer.Write(model, stream);
        return stream.ToArray();
    }

    private static IScorer Read(byte[] bytes) => ModelSerializer.Read(new MemoryStream(bytes), BuiltInTrainers.Registry.Formats);

    private sealed class OwnOptions;

    private sealed class Own(KeyMap users, KeyMap items, int number) : IScorer, IStored
    {
        public static StoredFormat Stored { get; } = new StoredFormat<Own>("own", 2, reader =>
        {
            var (readUsers, readItems, readNumber) = (reader.ReadKeys(), reader.ReadKeys(), reader.ReadInt32());
            return () => new Own(readUsers(), readItems(), readNumber);
        });

        public KeyMap Users => users;

        public KeyMap Items => items;

        public int Number => number;

        StoredFormat IStored.Format => Stored;

        public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores) => scores[..itemIndexes.Length].Fill(number);

        public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best) => best.Offer(0, number);

        public bool IsSound() => true;

        public IScorer Rebase(KeyMap otherUsers, KeyMap otherItems) => new Own(otherUsers, otherItems, number);

        void IStored.Write(ModelWriter writer)
        {
            writer.WriteKeys(users);
            writer.WriteKeys(items);
            writer.WriteInt32(number);
        }
    }

    /// <summary>A stream as a network gives it: no seeking, a few bytes at a time.</summary>
    private sealed class OneWay(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 1_000)]);
    }
}
