using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;

namespace RecoService.MlNet;

/// <summary>Hyperparameters, as describe.json describes them.</summary>
internal sealed record LambdaRankOptions(int Trees, int Leaves, int RowsPerLeaf, double LearningRate, double L2Regularization);

/// <summary>
/// LightGBM's boosted trees over the features of candidates, by LambdaRank: Burges, "From RankNet to LambdaRank to LambdaMART", 2010; Ke et al., "LightGBM", NIPS 2017. Deterministic, on as many
/// threads as there may be.
/// </summary>
internal static class LambdaRank
{
    /// <exception cref="WorkerException">LightGBM cannot be loaded here, or finds nothing to split by.</exception>
    public static void Train(DatasetFolder dataset, ProgressWriter progress)
    {
        var (lists, options) = (RankingLists.Of(dataset), dataset.OptionsAs<LambdaRankOptions>());
        progress.Report("training", 0);
        try
        {
            TreeArrays.Of(Fit(new MLContext(dataset.Manifest.Seed), lists, options, dataset.Manifest.Seed, dataset.Manifest.Threads).Model.TrainedTreeEnsemble).Write(dataset);
        }
        catch (ArgumentNullException)
        {
            // ML.NET cannot read LightGBM's model when its first tree has no split.
            throw new WorkerException($"The {lists.Count} candidates cannot be told apart: no tree has a split. Lower rowsPerLeaf ({options.RowsPerLeaf}), or wait for more interactions.");
        }
        catch (Exception exception) when (exception is DllNotFoundException or TypeInitializationException or BadImageFormatException)
        {
            throw new WorkerException("LightGBM's library cannot be loaded: it is there for x64 alone, and on Linux it needs libgomp1.");
        }
    }

    internal static RankingPredictionTransformer<LightGbmRankingModelParameters> Fit(MLContext context, RankingLists lists, LambdaRankOptions options, int seed, int threads) =>
        context.Ranking.Trainers.LightGbm(new LightGbmRankingTrainer.Options
        {
            LabelColumnName = nameof(RankingRow.Label),
            FeatureColumnName = nameof(RankingRow.Features),
            RowGroupColumnName = nameof(RankingRow.List),
            NumberOfIterations = options.Trees,
            NumberOfLeaves = options.Leaves,
            MinimumExampleCountPerLeaf = options.RowsPerLeaf,
            LearningRate = options.LearningRate,
            Booster = new GradientBooster.Options { L2Regularization = options.L2Regularization },
            Seed = seed,
            Deterministic = true,
            NumberOfThreads = threads,
            Silent = true,
        }).Fit(RankingRow.ViewOf(context, lists));
}

/// <summary>An ensemble as flat arrays, in which the service scores it; see docs/workers.md.</summary>
internal sealed record TreeArrays(int[] NodeStarts, int[] Features, float[] Thresholds, int[] Lefts, int[] Rights, double[] LeafValues, double[] TreeWeights)
{
    /// <exception cref="WorkerException">It has something that the arrays cannot say.</exception>
    public static TreeArrays Of(RegressionTreeEnsemble ensemble)
    {
        List<int> starts = [0];
        var (features, thresholds, lefts, rights, leaves) = (new List<int>(), new List<float>(), new List<int>(), new List<int>(), new List<double>());
        foreach (var tree in ensemble.Trees)
        {
            if (tree.CategoricalSplitFlags.Any(isCategorical => isCategorical))
                throw new WorkerException("A tree splits by category, and the features are numbers.");
            features.AddRange(tree.NumericalSplitFeatureIndexes);
            thresholds.AddRange(tree.NumericalSplitThresholds);
            lefts.AddRange(tree.LeftChild);
            rights.AddRange(tree.RightChild);
            leaves.AddRange(tree.LeafValues);
            starts.Add(features.Count);
        }

        return new TreeArrays([.. starts], [.. features], [.. thresholds], [.. lefts], [.. rights], [.. leaves], [.. ensemble.TreeWeights]);
    }

    public void Write(DatasetFolder dataset)
    {
        dataset.WriteModelArray("node-starts", NodeStarts);
        dataset.WriteModelArray("features", Features);
        dataset.WriteModelArray("thresholds", Thresholds);
        dataset.WriteModelArray("lefts", Lefts);
        dataset.WriteModelArray("rights", Rights);
        dataset.WriteModelArray("leaf-values", LeafValues);
        dataset.WriteModelArray("tree-weights", TreeWeights);
        dataset.WriteModel(new { form = "tree-ranker", trees = TreeWeights.Length });
    }
}
