using RecoService.Engine.Algorithms.Popularity;
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
        var fallbacks = options.FallbackNames.Except(blend.Select(part => part.First), StringComparer.Ordinal).Select(name => (name, 0f));
        var components = TrainAll([.. blend, .. fallbacks], dataset, context.Part("everything", learnedShare, 1), failures);
        if (components.Count == 0)
            throw new TrainingException($"None of the hybrid's components can be trained. {string.Join(" ", failures.Distinct(StringComparer.Ordinal))}");
        context.Report("training", 1);
        return new HybridModel(dataset.Users, dataset.Items, components, options.CandidatesPerComponent);
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
            var trained = TrainAll([.. names.Select(name => (name, 1f))], part.Train, context.Part("training", 0.9 * repeat / repeats, 0.9 * (repeat + 1) / repeats), failures);
            users.AddRange(UsersOf(part, [.. names.Select(name => trained.Find(component => component.Name == name)?.Model.Over(part.Train))], context));
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
    private List<HybridComponent> TrainAll(IReadOnlyList<(string Name, float Weight)> parts, InteractionDataset dataset, TrainingContext context, List<string> failures)
    {
        var components = new List<HybridComponent>();
        for (var place = 0; place < parts.Count; place++)
        {
            var (name, weight) = parts[place];
            try
            {
                var trainer = registry.Create(name, registry.OptionsOf(name, options.Trainers));
                var model = trainer.Train(dataset, context.Part(name, (double)place / parts.Count, (place + 1.0) / parts.Count));
                if (model.IsSound())
                    components.Add(new HybridComponent(name, weight, model));
                else
                    failures.Add($"{name}: training went astray.");
            }
            catch (TrainingException exception)
            {
                failures.Add($"{name}: {exception.Message}");
            }
        }

        return components;
    }

    private BlendUser[] UsersOf(ValidationPart part, List<IScorer?> models, TrainingContext context)
    {
        // What could not be trained says nothing, and keeps its place among the weights.
        var silent = new PopularityModel(part.Train.Users, part.Train.Items, [.. Enumerable.Repeat(float.NaN, part.Train.Items.Count)]);
        var components = models.ConvertAll(model => new HybridComponent("", 1, model ?? silent));
        var users = new BlendUser[part.Users.Length];
        context.ForEachBlock((users.Length + UsersPerBlock - 1) / UsersPerBlock, block =>
        {
            var blend = new Blend(part.Train.Items.Count, options.CandidatesPerComponent);
            var blocked = new ulong[Bits.WordsFor(part.Train.Items.Count)];
            var end = Math.Min((block + 1) * UsersPerBlock, users.Length);
            for (var place = block * UsersPerBlock; place < end; place++)
            {
                var history = part.Train.HistoryOf(part.Users[place]);
                foreach (var item in history.Items)
                    Bits.Set(blocked, item);
                blend.Make(components, history, blocked, length: 0);
                foreach (var item in history.Items)
                    Bits.Clear(blocked, item);
                users[place] = UserOf(blend, components.Count, part.Relevant.RowColumns(part.Users[place]).ToArray());
            }
        });

        return users;
    }

    /// <summary>Ascending, so that of equal scores the lower index comes first wherever lists are made of it.</summary>
    private static BlendUser UserOf(Blend blend, int componentCount, int[] relevant)
    {
        var items = blend.Found.ToArray();
        var order = Enumerable.Range(0, items.Length).OrderBy(place => items[place]).ToArray();
        var rows = new float[componentCount * items.Length];
        for (var component = 0; component < componentCount; component++)
        {
            var row = blend.RowOf(component);
            for (var place = 0; place < order.Length; place++)
                rows[(component * order.Length) + place] = row[order[place]];
        }

        return new BlendUser([.. order.Select(place => items[place])], rows, relevant);
    }
}
