using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Composition;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;

namespace RecoService.Engine.Tests.Composition;

/// <summary>Data, and models composed of what was trained on it.</summary>
internal static class Samples
{
    public const int Depth = 20;

    /// <summary>"checkerboard": even users like even items, odd users odd ones, the diagonal left out. "random": what anybody does is chance; some users did nothing.</summary>
    /// <param name="name">One of the two.</param>
    /// <param name="isDescribed">Whether items have words: even ones share some that odd ones do not have, and every item has some with a few others.</param>
    public static InteractionDataset Data(string name, bool isDescribed = false)
    {
        var random = new Random(3);
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var user = 0; user < 30; user++)
        {
            builder.AddUser(user);
            for (var item = 0; item < 60; item++)
            {
                builder.AddItem(item);
                if (isDescribed)
                    builder.AddContent(item, new ItemContent { Title = $"side{item % 2} word{item % 10} thing{item % 7} other{item % 6}" });
                if (name == "checkerboard" ? user % 2 == item % 2 && user != item : user % 7 != 0 && random.Next(60) < 1 + (item % 9))
                    builder.Add(user, item, Datasets.Purchase, 0, (user * TimeSpan.MillisecondsPerDay) + item);
            }
        }

        return builder.Build();
    }

    /// <summary>Three parts, one of each way to retrieve: all scores at once, the best of factors, the same for everybody; and two fallbacks.</summary>
    public static ComposedModel Hybrid(InteractionDataset data) => Hybrid(data, "user-knn", "popularity");

    public static ComposedModel Hybrid(InteractionDataset data, params string[] fallbacks) => new(
        [Part("item-knn", data), Part("implicit-als", data), Part("popularity", data)], [.. fallbacks.Select(name => Part(name, data))], new WeightedBlend([0.5f, 0.3f, 0.2f]), Depth);

    /// <summary>Factors, put in order by what is popular, what they say, and what is recent.</summary>
    public static ComposedModel TwoStage(InteractionDataset data) =>
        new([Part("implicit-als", data)], [], new FeatureRanker(UserItemFeatures.Of(data), new LinearRankingFunction([0.4f, 0, 0, 1, 0.2f], 0)), Depth);

    public static ModelPart Part(string name, InteractionDataset data)
    {
        var options = name == "implicit-als" ? new ImplicitAlsOptions { Factors = 6, Epochs = 4 } : BuiltInTrainers.Registry.OptionsOf(name, new Dictionary<string, object>(StringComparer.Ordinal));
        return new ModelPart(name, BuiltInTrainers.Registry.Create(name, options).Train(data, new TrainingContext()).Over(data));
    }
}
