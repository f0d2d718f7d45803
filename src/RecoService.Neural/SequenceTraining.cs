using TorchSharp;
using static TorchSharp.torch;

namespace RecoService.Neural;

/// <summary>
/// Every place of a sequence predicts the item after it. Adam on batches of one length; after each pass the users whose last item was kept out say how good the model is, and the best that
/// was seen is the one that is left.
/// </summary>
internal static class SequenceTraining
{
    /// <summary>More users would cost more than they tell.</summary>
    private const int MostJudged = 4_000;

    /// <summary>Weights, their gradients, and Adam's two means.</summary>
    private const int Copies = 4;

    /// <exception cref="WorkerException">It would need too much memory, or diverged.</exception>
    public static void Train(DatasetFolder dataset, ProgressWriter progress, Func<int, SequenceOptions, Device, ISequenceNetwork> create)
    {
        var options = dataset.OptionsAs<SequenceOptions>();
        progress.Report("reading", 0);
        var sequences = Sequences.Of(dataset);
        CheckMemory(dataset.Manifest, options);
        var random = new Random(dataset.Manifest.Seed);
        var (training, judged) = sequences.HoldOut(options.ValidationFraction, MostJudged, random);
        var known = training.Known();
        using var heap = new QuietHeap();
        using var scope = NewDisposeScope();
        var network = create(Math.Max(1, sequences.ItemCount), options, Libtorch.DeviceOf(dataset.Manifest));
        if (known.Length > 0)
            Fit(network, options, sequences, training, new HeldOut(sequences, judged, known), known, random, progress, heap);
        Write(dataset, network, known);
    }

    private static void CheckMemory(Manifest manifest, SequenceOptions options)
    {
        var candidates = (long)(options.Negatives == 0 ? manifest.Items : Math.Min(options.Negatives, manifest.Items));
        // Scores of a batch with their gradients and the steps between, for sequences of the full length.
        var needed = (((long)manifest.Items * options.Factors * Copies) + ((long)options.BatchSize * Math.Min(options.MaxLength, 50) * candidates)) * sizeof(float);
        if (needed > manifest.MaxMemoryBytes)
        {
            throw new WorkerException(
                $"{manifest.Items} items and batches of {options.BatchSize} need {needed >> 20} MiB, and there are {manifest.MaxMemoryBytes >> 20}; choose fewer negatives, a smaller batchSize, or raise the bound.");
        }
    }

    private static void Fit(
        ISequenceNetwork network, SequenceOptions options, Sequences sequences, Sequences training, HeldOut heldOut, int[] known, Random random, ProgressWriter progress, QuietHeap heap)
    {
        using var adam = optim.Adam(network.Parameters, options.LearningRate);
        var loss = new NextItemLoss(known, options, random);
        var passes = new Passes(options.Epochs, options.Patience, heldOut, network.Parameters, progress, heap);
        passes.Run(
            report =>
            {
                var batches = SequenceBatches.Of(training, options.MaxLength, options.BatchSize, random);
                for (var batch = 0; batch < batches.Count; batch++)
                {
                    Step(network, adam, loss, batches[batch]);
                    report((batch + 1.0) / batches.Count);
                }
            },
            users => ScoresOf(network, Array.ConvertAll(users, user => sequences.OfUsers[user][..^1]), options.MaxLength));
    }

    /// <summary>All items for users of these histories.</summary>
    private static Tensor ScoresOf(ISequenceNetwork network, int[][] histories, int maxLength)
    {
        var device = network.Items.device;
        var windows = Array.ConvertAll(histories, items => items[^Math.Min(items.Length, maxLength)..]);
        var length = windows.Max(window => window.Length);
        var inputs = new long[windows.Length * length];
        for (var row = 0; row < windows.Length; row++)
        {
            for (var place = 0; place < windows[row].Length; place++)
                inputs[(row * length) + place] = windows[row][place];
        }

        var lasts = tensor(windows.Select((window, row) => (long)((row * length) + window.Length - 1)).ToArray(), device: device);
        var vectors = network.Encode(tensor(inputs, device: device).view(windows.Length, length), isTraining: false).reshape(windows.Length * length, -1).index_select(0, lasts);
        return vectors.matmul(network.Items.transpose(0, 1));
    }

    private static void Step(ISequenceNetwork network, optim.Optimizer adam, NextItemLoss loss, int[][] windows)
    {
        using var scope = NewDisposeScope();
        var device = network.Items.device;
        var length = windows.Max(window => window.Length) - 1;
        var inputs = new long[windows.Length * length];
        var (places, targets) = (new List<long>(), new List<long>());
        for (var row = 0; row < windows.Length; row++)
        {
            for (var place = 0; place < windows[row].Length - 1; place++)
            {
                inputs[(row * length) + place] = windows[row][place];
                places.Add((row * length) + place);
                targets.Add(windows[row][place + 1]);
            }
        }

        var encoded = network.Encode(tensor(inputs, device: device).view(windows.Length, length), isTraining: true);
        var vectors = encoded.reshape(windows.Length * length, -1).index_select(0, tensor(places.ToArray(), device: device));
        var value = loss.Of(vectors, tensor(targets.ToArray(), device: device), network.Items);
        adam.zero_grad();
        value.backward();
        adam.step();
        if (!float.IsFinite(value.item<float>()))
            throw new WorkerException("Training diverged: the loss is not finite. Lower learningRate.");
    }

    private static void Write(DatasetFolder dataset, ISequenceNetwork network, int[] known)
    {
        using var scope = NewDisposeScope();
        var (items, factors) = (dataset.Manifest.Items, (int)network.Items.shape[1]);
        var trained = network.Items.Values();
        var rows = new float[items * factors];
        Array.Fill(rows, float.NaN);
        foreach (var item in known)
            trained.AsSpan(item * factors, factors).CopyTo(rows.AsSpan(item * factors));
        dataset.WriteModelArray("item-factors", rows);
        dataset.WriteModelArray("encoder-weights", [.. network.Parameters.Skip(1).SelectMany(parameter => parameter.Values())]);
        dataset.WriteModel(network.Form);
    }
}
