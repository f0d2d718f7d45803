using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Composition;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Hybrid;

/// <summary>
/// A weighted hybrid: Burke, "Hybrid Recommender Systems: Survey and Experiments", UMUAI 12(4), 2002. Its components are trained without a validation part,
/// the weights of their blend are learned on it, and those that have a part in the blend are trained again on everything.
/// A component that cannot be trained on the data is left out. Users and items are unknown to it that no component and no fallback knows.
/// </summary>
/// <param name="options">Hyperparameters.</param>
/// <param name="registry">Makes the components.</param>
public sealed class HybridTrainer(HybridOptions options, TrainerRegistry registry) : ITrainer
{
    private const int UsersPerBlock = 16;

    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        var failures = new List<string>();
        var learnedShare = options.GivenWeights() is null ? 0.5 : 0;
        var weights = options.GivenWeights() ?? LearnWeights(dataset, context.Part("validation", 0, learnedShare), failures);
        var blend = options.ComponentNames.Zip(weights).Where(part => part.Second > 0).OrderByDescending(part => part.Second).ToList();
        var fallbacks = options.FallbackNames.Except(blend.Select(part => part.First), StringComparer.Ordinal);
        var trained = TrainAll([.. blend.Select(part => part.First), .. fallbacks], dataset, context.Part("everything", learnedShare, 1), failures);
        if (trained.Count == 0)
            throw new TrainingException($"None of the hybrid's components can be trained. {string.Join(" ", failures.Distinct(StringComparer.Ordinal))}");
        context.Report("training", 1);
        return Compose(blend, trained);
    }

    /// <summary>What is trained and has no part in the blend is a fallback.</summary>
    private ComposedModel Compose(List<(string Name, float Weight)> blend, List<ModelPart> trained)
    {
        var weights = blend.ToDictionary(part => part.Name, part => part.Weight, StringComparer.Ordinal);
        var retrieving = trained.FindAll(part => weights.ContainsKey(part.Name));
        return new ComposedModel(
            retrieving, [.. trained.Except(retrieving)], new WeightedBlend([.. retrieving.Select(part => weights[part.Name])]), options.CandidatesPerComponent);
    }

    private float[] LearnWeights(InteractionDataset dataset, TrainingContext context, List<string> failures)
    {
        var names = options.ComponentNames.ToList();
        var users = new List<BlendUser>();
        var repeats = options.ValidationRepeats;
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            context.Report("cutting", 0.9 * repeat / repeats);
            context.CancellationToken.ThrowIfCancellationRequested();
            var part = ValidationPart.Of(dataset, options.ValidationCut, options.ValidationFraction, options.ValidationUsers, context.Seed + repeat);
            if (!part.IsRandom)
                repeats = 1;
            if (part.Users.Length == 0)
                break;
            var trained = TrainAll(names, part.Train, context.Part("training", 0.9 * repeat / repeats, 0.9 * (repeat + 1) / repeats), failures);
            users.AddRange(UsersOf(part, [.. names.Select(name => trained.Find(model => model.Name == name)?.Model.Over(part.Train))], context));
        }

        // With nothing to learn from, every component has its part; what cannot be trained on everything either is left out there.
        context.Report("learning weights", 0.9);
        var weights = users.Count == 0
            ? [.. Enumerable.Repeat(1f / names.Count, names.Count)]
            : new BlendLearner(users, names.Count, options.CutOff).Learn(options.Restarts, context);
        context.Report("learning weights", 1);
        return weights;
    }

    /// <summary>What could be trained, in the order given; why not is added to the failures.</summary>
    private List<ModelPart> TrainAll(IReadOnlyList<string> names, InteractionDataset dataset, TrainingContext context, List<string> failures)
    {
        var trained = new List<ModelPart>();
        for (var position = 0; position < names.Count; position++)
        {
            var name = names[position];
            try
            {
                var model = registry.Train(name, registry.OptionsOf(name, options.Trainers), dataset, context.Part(name, (double)position / names.Count, (position + 1.0) / names.Count));
                if (model.IsSound())
                    trained.Add(new ModelPart(name, model));
                else
                    failures.Add($"{name}: training went astray.");
            }
            catch (TrainingException exception)
            {
                failures.Add($"{name}: {exception.Message}");
            }
        }

        return trained;
    }

    private BlendUser[] UsersOf(ValidationPart part, List<IScorer?> models, TrainingContext context)
    {
        // What could not be trained says nothing, and keeps its place among the weights.
        var silent = new PopularityModel(part.Train.Users, part.Train.Items, [.. Enumerable.Repeat(float.NaN, part.Train.Items.Count)]);
        var parts = models.ConvertAll(model => new ModelPart("", model ?? silent));
        var users = new BlendUser[part.Users.Length];
        context.ForEachBlock((users.Length + UsersPerBlock - 1) / UsersPerBlock, block =>
        {
            var candidates = new CandidateSet(part.Train.Items.Count);
            var mask = part.NewMask();
            var end = Math.Min((block + 1) * UsersPerBlock, users.Length);
            for (var position = block * UsersPerBlock; position < end; position++)
            {
                var history = part.Train.HistoryOf(part.Users[position]);
                mask.Set(part.Users[position]);
                candidates.Retrieve(parts, history, mask.Blocked, options.CandidatesPerComponent, options.CandidatesPerComponent, exactly: false);
                mask.Clear(part.Users[position]);
                users[position] = UserOf(candidates, parts.Count, part.Relevant.RowColumns(part.Users[position]).ToArray());
            }
        });

        return users;
    }

    /// <summary>Ascending, so that of equal scores the lower index comes first wherever lists are made of it.</summary>
    private static BlendUser UserOf(CandidateSet candidates, int componentCount, int[] relevant)
    {
        var items = candidates.Items.ToArray();
        var order = Enumerable.Range(0, items.Length).OrderBy(position => items[position]).ToArray();
        var rows = new float[componentCount * items.Length];
        for (var component = 0; component < componentCount; component++)
        {
            var row = candidates.ScaledColumn(component);
            for (var position = 0; position < order.Length; position++)
                rows[(component * order.Length) + position] = row[order[position]];
        }

        return new BlendUser([.. order.Select(position => items[position])], rows, relevant);
    }
}
