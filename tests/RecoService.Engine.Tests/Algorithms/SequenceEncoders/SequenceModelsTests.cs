using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.SequenceEncoders;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Tests.Algorithms.SequenceEncoders;

/// <summary>Which items a network is shown in which order, and that its models serve, move and are stored as any other factor model.</summary>
public sealed class SequenceModelsTests
{
    private const int Factors = 6;

    /// <summary>User 0 took items 2, 0, 1 in this order and is against 3; user 1 took 3 and 4 at one time.</summary>
    private static readonly InteractionDataset Dataset = Datasets.Of(
        (0, 2, Datasets.Purchase, 0, 10), (0, 0, Datasets.Purchase, 0, 20), (0, 1, Datasets.Purchase, 0, 30), (0, 3, Datasets.Dislike, 0, 40),
        (1, 4, Datasets.Purchase, 0, 5), (1, 3, Datasets.Purchase, 0, 5), (2, 5, Datasets.Dislike, 0, 1));

    [Fact]
    public void Train_Users_HaveTheVectorsOfTheirItemsInOrder()
    {
        var model = Model();

        Assert.Equal(VectorOf([2, 0, 1]), model.UserFactors[0].ToArray());
        Assert.Equal(VectorOf([3, 4]), model.UserFactors[1].ToArray());
        Assert.All(model.UserFactors[2].ToArray(), value => Assert.True(float.IsNaN(value)));
        Assert.True(model.IsSound());
        Assert.Equal(HistoryNeeds.Times, model.Needs);
        Assert.False(model.CanExplain);
    }

    [Fact]
    public void Score_Stranger_IsEncodedFromTheirHistory()
    {
        var model = Model();

        Assert.Equal(ScoresBy([4, 0], model), ScoresOf(model, new UserHistory(-1, [0, 4], [1, 1], [9, 3], [float.NaN, float.NaN])));
        Assert.Equal(ScoresBy([0, 4], model), ScoresOf(model, new UserHistory(-1, [0, 4], [1, 1], [3, 9], [float.NaN, float.NaN])));
    }

    [Fact]
    public void Score_TrainedUserWhoDidSomethingSince_IsEncodedAnew()
    {
        var model = Model();
        var old = Dataset.HistoryOf(0);

        Assert.Equal(ScoresBy([2, 0, 1], model), ScoresOf(model, old));
        Assert.Equal(ScoresBy([2, 1, 0], model), ScoresOf(model, new UserHistory(0, old.Items, old.Weights, [99, 30, 10, 40], old.Ratings)));
    }

    [Fact]
    public void Score_NothingInFavourOrNothingKnown_IsUnknown()
    {
        var model = Model();

        Assert.All(ScoresOf(model, new UserHistory(-1, [1], [-2], [1], [float.NaN])), score => Assert.True(float.IsNaN(score)));
        Assert.All(ScoresOf(model, new UserHistory(-1)), score => Assert.True(float.IsNaN(score)));
    }

    /// <summary>The network reads four items. Of ten the last four by time count, whatever their indexes; of one time those of the highest index.</summary>
    [Theory]
    [InlineData(new long[] { 9, 8, 7, 6, 5, 4, 3, 2, 1, 0 }, new[] { 3, 2, 1, 0 })]
    [InlineData(new long[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, new[] { 6, 7, 8, 9 })]
    [InlineData(new long[] { 5, 1, 8, 2, 9, 0, 7, 3, 6, 4 }, new[] { 8, 6, 2, 4 })]
    [InlineData(new long[] { 5, 5, 5, 5, 5, 5, 5, 5, 5, 5 }, new[] { 6, 7, 8, 9 })]
    [InlineData(new long[] { 7, 5, 5, 5, 5, 5, 5, 5, 5, 6 }, new[] { 7, 8, 9, 0 })]
    public void Encode_LongHistory_ReadsTheNewest(long[] times, int[] expected)
    {
        var items = Rows(10);
        var network = new Recording(maxLength: 4);
        var encoder = new SequenceFoldIn(network).Over(new FactorModel(KeyMap.FromAscending([]), KeyMap.FromAscending([.. Enumerable.Range(0, 10)]), new FactorMatrix(0, Factors), items));

        Assert.True(encoder.TryEncode(new UserHistory(-1, [.. Enumerable.Range(0, 10)], Enumerable.Repeat(1f, 10).ToArray(), times, new float[10]), new float[Factors], out var bias));

        Assert.Equal(expected, network.Seen);
        Assert.Equal(0, bias);
    }

    [Fact]
    public void Rebase_OtherItems_LeavesWhatIsKnownAsItWas()
    {
        var model = Model();
        var rebased = (FactorModel)model.Rebase(KeyMap.FromAscending([0, 7]), KeyMap.FromAscending([0, 1, 2, 8]));

        Assert.Equal(ScoresBy([2, 0, 1], model)[..3], ScoresOf(rebased, new UserHistory(1, [0, 1, 2], [1, 1, 1], [20, 30, 10], [float.NaN, float.NaN, float.NaN]), [0, 1, 2]));
        Assert.True(float.IsNaN(ScoresOf(rebased, new UserHistory(0, [3], [1], [1], [float.NaN]), [3])[0]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Serialize_Model_ReadsBackTheSame(bool isTransformer)
    {
        var model = isTransformer ? Model() : SequenceModels.OfRecurrentNetwork(Dataset, Rows(Dataset.Items.Count), 4, 3, Datasets.Floats((9 * (Factors + 5)) + (Factors * 4), 8), new TrainingContext()).TrainedOn(Dataset, new TrainingContext());
        using var stream = new MemoryStream();
        ModelSerializer.Write(model, stream);
        stream.Position = 0;

        var read = ModelSerializer.Read(stream, BuiltInTrainers.Registry.Formats);

        var stranger = new UserHistory(-1, [0, 4], [1, 1], [9, 3], [float.NaN, float.NaN]);
        Assert.Equal(ScoresOf(model, stranger), ScoresOf((FactorModel)read, stranger));
        Assert.Equal(ScoresOf(model, Dataset.HistoryOf(0)), ScoresOf((FactorModel)read, Dataset.HistoryOf(0)));
    }

    [Fact]
    public void Similar_Items_AreThoseOfLikeVectors()
    {
        var items = Rows(Dataset.Items.Count);
        items[1].CopyTo(items.Row(4));
        var best = new TopK(1);

        SequenceModels.OfTransformer(Dataset, items, Shape, NetworkWeights, new TrainingContext()).RetrieveSimilarItems(1, [], best);

        var found = new int[1];
        best.Drain(found, new float[1]);
        Assert.Equal([4], found);
    }

    [Fact]
    public void OfTransformer_ItemsOfAnotherLength_AreRefused() =>
        Assert.Throws<ArgumentException>(() => SequenceModels.OfTransformer(Dataset, new FactorMatrix(Dataset.Items.Count, 3), Shape, NetworkWeights, new TrainingContext()));

    private static TransformerShape Shape => new(Factors, MaxLength: 4, Blocks: 2, Heads: 2, Inner: 5);

    private static float[] NetworkWeights => Datasets.Floats(Shape.WeightCount, 5);

    private static FactorMatrix Rows(int count) => new(count, Factors, Datasets.Floats(count * Factors, 6));

    private static FactorModel Model() =>
        SequenceModels.OfTransformer(Dataset, Rows(Dataset.Items.Count), Shape, NetworkWeights, new TrainingContext()).TrainedOn(Dataset, new TrainingContext());

    private static float[] VectorOf(int[] items)
    {
        var vector = new float[Factors];
        new TransformerNetwork(Shape, NetworkWeights).Encode(items, Rows(Dataset.Items.Count), vector);
        return vector;
    }

    private static float[] ScoresBy(int[] items, FactorModel model) =>
        [.. Enumerable.Range(0, model.Items.Count).Select(item => VectorMath.Dot(VectorOf(items), model.ItemFactors[item]))];

    private static float[] ScoresOf(FactorModel model, in UserHistory user, int[]? items = null)
    {
        items ??= [.. Enumerable.Range(0, model.Items.Count)];
        var scores = new float[items.Length];
        model.Score(user, items, scores);
        return scores;
    }

    /// <summary>Remembers what it was shown.</summary>
    private sealed class Recording(int maxLength) : ISequenceNetwork
    {
        public int[] Seen { get; private set; } = [];

        public int Factors => SequenceModelsTests.Factors;

        public int MaxLength => maxLength;

        StoredFormat IStored.Format => SequenceFoldIn.StoredAs;

        public void Encode(ReadOnlySpan<int> items, FactorMatrix itemFactors, Span<float> vector) => Seen = items.ToArray();

        void IStored.Write(ModelWriter writer) => throw new NotSupportedException();
    }
}
