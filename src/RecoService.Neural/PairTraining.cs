using TorchSharp;
using static TorchSharp.torch;

namespace RecoService.Neural;

/// <summary>Every pair that happened is held against items that the user does not have. Adam; the last items of some users are kept out to say when to stop.</summary>
internal static class PairTraining
{
    /// <summary>More users would cost more than they tell.</summary>
    private const int MostJudged = 2_000;

    /// <summary>Rows, their gradients, Adam's two means, and the best so far; a graph holds as much again per layer.</summary>
    private const int Copies = 5;

    /// <exception cref="WorkerException">It would need too much memory, or diverged.</exception>
    public static void Train(DatasetFolder dataset, ProgressWriter progress, Func<Sequences, PairOptions, Device, IPairNetwork> create)
    {
        var options = dataset.OptionsAs<PairOptions>();
        progress.Report("reading", 0);
        var sequences = Sequences.Of(dataset);
        CheckMemory(dataset.Manifest, options);
        var random = new Random(dataset.Manifest.Seed);
        var (training, judged) = sequences.HoldOut(options.ValidationFraction, MostJudged, random);
        var items = training.OfUsers.SelectMany(row => row).Distinct().Order().ToArray();
        var users = Enumerable.Range(0, training.OfUsers.Length).Where(user => training.OfUsers[user].Length > 0).ToArray();
        using var heap = new QuietHeap();
        using var scope = NewDisposeScope();
        var network = create(training, options, Libtorch.DeviceOf(dataset.Manifest));
        if (items.Length > 0)
            Fit(network, options, training, new HeldOut(sequences, judged, items), items, random, progress, Libtorch.DeviceOf(dataset.Manifest), heap);
        network.Write(dataset, users, items);
    }

    private static void CheckMemory(Manifest manifest, PairOptions options)
    {
        var needed = ((long)manifest.Users + manifest.Items) * options.Factors * (Copies + (2L * options.Layers)) * sizeof(float);
        if (needed > manifest.MaxMemoryBytes)
        {
            throw new WorkerException(
                $"{manifest.Users} users and {manifest.Items} items need {needed >> 20} MiB, and there are {manifest.MaxMemoryBytes >> 20}; choose fewer factors, or raise the bound.");
        }
    }

    private static void Fit(IPairNetwork network, PairOptions options, Sequences training, HeldOut heldOut, int[] items, Random random, ProgressWriter progress, Device device, QuietHeap heap)
    {
        using var adam = optim.Adam(network.Parameters, options.LearningRate);
        var pairs = training.OfUsers.SelectMany((row, user) => row.Select(item => (User: user, Item: item))).ToArray();
        var owned = Array.ConvertAll(training.OfUsers, row => row.ToHashSet());
        new Passes(options.Epochs, options.Patience, heldOut, network.Parameters, progress, heap).Run(
            report =>
            {
                random.Shuffle(pairs);
                for (var start = 0; start < pairs.Length; start += options.BatchSize)
                {
                    var batch = pairs.AsSpan(start, Math.Min(options.BatchSize, pairs.Length - start)).ToArray();
                    Step(network, adam, options, batch, Draw(batch, owned, items, options.Negatives, random), device);
                    report(Math.Min(1, (start + batch.Length) / (double)pairs.Length));
                }

                using var still = no_grad();
                network.Share();
            },
            users => network.ScoreAll(tensor(Array.ConvertAll(users, user => (long)user), device: device)));
    }

    private static void Step(IPairNetwork network, optim.Optimizer adam, PairOptions options, (int User, int Item)[] batch, long[] drawn, Device device)
    {
        using var scope = NewDisposeScope();
        var users = tensor(Array.ConvertAll(batch, pair => (long)pair.User), device: device);
        var right = tensor(Array.ConvertAll(batch, pair => (long)pair.Item), device: device).unsqueeze(1);
        var others = tensor(drawn, device: device).view(batch.Length, options.Negatives);
        network.Share();
        var loss = network.Loss(network.Score(users, right, isTraining: true), network.Score(users, others, isTraining: true));
        if (options.Regularization > 0)
            loss += options.Regularization * network.Penalty(users, cat([right, others], 1));
        adam.zero_grad();
        loss.backward();
        adam.step();
        if (!float.IsFinite(loss.item<float>()))
            throw new WorkerException("Training diverged: the loss is not finite. Lower learningRate.");
    }

    /// <summary>Items that the user does not have; where somebody has nearly all, the last draw stays.</summary>
    private static long[] Draw((int User, int Item)[] batch, HashSet<int>[] owned, int[] items, int count, Random random)
    {
        const int Tries = 20;
        var drawn = new long[batch.Length * count];
        for (var position = 0; position < drawn.Length; position++)
        {
            var item = items[random.Next(items.Length)];
            for (var tries = 1; tries < Tries && owned[batch[position / count].User].Contains(item); tries++)
                item = items[random.Next(items.Length)];
            drawn[position] = item;
        }

        return drawn;
    }
}
