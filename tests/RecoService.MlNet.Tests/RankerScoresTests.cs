using Microsoft.ML;
using Microsoft.ML.Data;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Data;
using EngineLists = RecoService.Engine.Algorithms.Ranking.RankingLists;

namespace RecoService.MlNet.Tests;

/// <summary>The engine scores what a worker leaves as ML.NET itself scores it.</summary>
public sealed class RankerScoresTests
{
    private const int Width = UserItemFeatures.Count;

    [Fact]
    public void LogisticRegression_RandomRows_ScoresBitForBitAsMlNet()
    {
        var context = new MLContext(1);
        var model = LogisticRegression.Fit(context, Lists(seed: 1), new LogisticRegressionOptions(0, 1, 1e-7f));
        var rows = RandomRows(20_000, seed: 2);
        var expected = ScoresOf(context, model, rows);

        var ranker = new LinearRankingFunction([.. model.Model.SubModel.Weights], model.Model.SubModel.Bias);

        Assert.True(expected.Distinct().Count() > 10_000);
        Assert.Equal(expected, ScoresOf(ranker, rows));
    }

    [Theory]
    [InlineData(60, 15)]
    [InlineData(1, 2)]
    public void LambdaRank_RandomRows_ScoresBitForBitAsMlNet(int trees, int leaves)
    {
        LightGbmLibrary.SkipWithout();
        var context = new MLContext(1);
        var model = LambdaRank.Fit(context, Lists(seed: 1), new LambdaRankOptions(trees, leaves, 5, 0.1, 0.5), seed: 3, threads: 1);
        var rows = RandomRows(20_000, seed: 2);
        // A value that is missing where training had none goes to the right, in ML.NET as here.
        for (var position = 0; position < 1000; position++)
            rows[position * Width + (position % Width)] = float.NaN;
        var expected = ScoresOf(context, model, rows);

        var arrays = TreeArrays.Of(model.Model.TrainedTreeEnsemble);
        var ranker = new TreeRankingFunction(arrays.NodeStarts, arrays.Features, arrays.Thresholds, arrays.Lefts, arrays.Rights, arrays.LeafValues, arrays.TreeWeights);

        Assert.Equal(trees, ranker.TreeCount);
        Assert.True(expected.Distinct().Count() >= leaves);
        Assert.Equal(expected, ScoresOf(ranker, rows));
    }

    /// <summary>Sums of floats in another order: equal but for rounding, a few units in the last place of the largest part.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void FieldMachine_RandomRows_ScoresAsMlNetButForRounding(int factors)
    {
        var (fields, dataset, lists) = Shop();
        var entries = EntriesOf(fields, dataset, lists);
        var rows = new FieldRows(
            fields.Starts.ToArray(), [0, .. entries.Select((_, row) => (long)entries.Take(row + 1).Sum(list => list.Count))],
            [.. entries.SelectMany(list => list).Select(entry => entry.Feature)], [.. entries.SelectMany(list => list).Select(entry => entry.Value)], lists.Taken, seed: 3, (_, _) => { });
        var context = new MLContext(1);
        var model = FieldMachine.Fit(context, rows, new FieldMachineOptions(factors, 20, 0.2f, 0.0001f, 0.0001f));
        // The transformed rows come in the order of another pass; the row's number is its identity.
        var expected = new float[lists.Count];
        var transformed = model.Transform(rows);
        using (var cursor = transformed.GetRowCursor(transformed.Schema))
        {
            var (scoreOf, idOf) = (cursor.GetGetter<float>(transformed.Schema["Score"]), cursor.GetIdGetter());
            while (cursor.MoveNext())
            {
                var (score, id) = (0f, default(DataViewRowId));
                scoreOf(ref score);
                idOf(ref id);
                expected[id.Low] = score;
            }
        }

        var (linear, latent) = FieldMachine.Read(model.Model, rows, fields.Starts.ToArray(), factors);
        var ranker = new FieldRankingFunction(fields, linear, latent, factors);

        Assert.True(expected.Distinct().Count() > lists.Count / 2);
        for (var row = 0; row < lists.Count; row++)
            Assert.Equal(expected[row], ranker.Score([.. entries[row]]), 2e-6f * (1 + Math.Abs(expected[row])));
        // And as lists, with what is the user's summed once.
        var scores = new float[lists.Count];
        for (var list = 0; list < lists.Users.Length; list++)
        {
            var part = new Range(lists.Starts[list], lists.Starts[list + 1]);
            ranker.Score(
                new RankedList(dataset.HistoryOf(lists.Users[list]), lists.Items.AsSpan(part), lists.Features.AsSpan((lists.Starts[list] * Width)..(lists.Starts[list + 1] * Width))), scores.AsSpan(part));
        }

        for (var row = 0; row < lists.Count; row++)
            Assert.Equal(expected[row], scores[row], 2e-6f * (1 + Math.Abs(expected[row])));
    }

    private static float[] ScoresOf(MLContext context, ITransformer model, float[] rows)
    {
        var schema = SchemaDefinition.Create(typeof(RankingRow));
        schema[nameof(RankingRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Width);
        schema[nameof(RankingRow.Label)].ColumnType = new KeyDataViewType(typeof(uint), 2);
        schema[nameof(RankingRow.List)].ColumnType = new KeyDataViewType(typeof(uint), 1);
        var view = context.Data.LoadFromEnumerable(rows.Chunk(Width).Select(row => new RankingRow { Features = row }), schema);
        return [.. model.Transform(view).GetColumn<float>("Score")];
    }

    private static float[] ScoresOf(IRankingFunction ranker, float[] rows)
    {
        var scores = new float[rows.Length / Width];
        ranker.Score(new RankedList(new UserHistory(-1), Enumerable.Range(0, scores.Length).ToArray(), rows), scores);
        return scores;
    }

    private static float[] RandomRows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count * Width).Select(_ => (float)((random.NextDouble() * 6) - 3))];
    }

    /// <summary>200 lists of 20, whose first is taken if what two features say together is large.</summary>
    private static RankingLists Lists(int seed)
    {
        var features = RandomRows(4000, seed);
        var random = new Random(seed);
        var taken = features.Chunk(Width).Select((row, position) => position % 20 == 0 || row[0] + (row[1] * row[2]) + random.NextDouble() > 2.5).ToArray();
        return new RankingLists(Width, [.. Enumerable.Range(0, 201).Select(list => list * 20)], taken, features);
    }

    private static (RankingFields Fields, InteractionDataset Dataset, EngineLists Lists) Shop()
    {
        var (random, builder) = (new Random(5), new InteractionDatasetBuilder(InteractionKinds.Default));
        for (var user = 0; user < 40; user++)
        {
            for (var bought = 0; bought < 8; bought++)
                builder.Add(user, random.Next(60), 3, 0, random.NextInt64(0, 1_000_000_000_000));
        }

        for (var item = 0; item < 60; item++)
            builder.AddContent(item, new ItemContent { Price = 1 + (item % 17), Categories = [$"c{item % 4}", $"d{item % 3}"], Attributes = [$"size={item % 5}"] });
        var dataset = builder.Build();
        var users = Enumerable.Range(0, 30).ToArray();
        var items = users.SelectMany(_ => Enumerable.Range(0, 15).Select(_ => random.Next(dataset.Items.Count))).ToArray();
        var lists = new EngineLists(
            [.. Enumerable.Range(0, 31).Select(list => list * 15)], users, items, [.. items.Select((item, position) => position % 15 == 0 || item % 4 == position / 15 % 4)], RandomRows(items.Length, 9));
        return (RankingFields.Of(dataset, lists), dataset, lists);
    }

    private static List<List<FieldEntry>> EntriesOf(RankingFields fields, InteractionDataset dataset, EngineLists lists)
    {
        var all = new List<List<FieldEntry>>();
        for (var list = 0; list < lists.Users.Length; list++)
        {
            for (var row = lists.Starts[list]; row < lists.Starts[list + 1]; row++)
            {
                var entries = new List<FieldEntry>();
                fields.AddUser(dataset.HistoryOf(lists.Users[list]), entries);
                fields.AddItem(lists.Items[row], lists[row], entries);
                all.Add(entries);
            }
        }

        return all;
    }
}
