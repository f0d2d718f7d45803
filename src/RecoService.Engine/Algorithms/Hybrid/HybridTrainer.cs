using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
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
        var users = new BlendUser[part.Users.Length];
        context.ForEachBlock((users.Length + UsersPerBlock - 1) / UsersPerBlock, block =>
        {
            var blends = models.ConvertAll(_ => new Blend(part.Train.Items.Count, options.CandidatesPerComponent));
            var blocked = new ulong[Bits.WordsFor(part.Train.Items.Count)];
            var end = Math.Min((block + 1) * UsersPerBlock, users.Length);
            for (var place = block * UsersPerBlock; place < end; place++)
            {
                var history = part.Train.HistoryOf(part.Users[place]);
                foreach (var item in history.Items)
                    Bits.Set(blocked, item);
                for (var component = 0; component < models.Count; component++)
                {
                    // What could not be trained finds nothing.
                    blends[component].Make(models[component] is { } model ? [new HybridComponent("", 1, model)] : [], history, blocked, 0);
                }

                foreach (var item in history.Items)
                    Bits.Clear(blocked, item);
                users[place] = UserOf(blends, part.Relevant.RowColumns(part.Users[place]).ToArray());
            }
        });

        return users;
    }

    private static BlendUser UserOf(List<Blend> blends, int[] relevant)
    {
        int[] items = [.. blends.SelectMany(blend => blend.Found).Distinct().Order()];
        var rows = new float[blends.Count * items.Length];
        for (var component = 0; component < blends.Count; component++)
        {
            for (var place = 0; place < items.Length; place++)
                rows[(component * items.Length) + place] = blends[component][items[place]] is var score && float.IsNaN(score) ? 0 : score;
        }

        return new BlendUser(items, rows, relevant);
    }
}
