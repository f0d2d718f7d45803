using System.Reflection;

namespace RecoService.Neural;

/// <summary>What TorchSharp trains.</summary>
internal static class Worker
{
    /// <inheritdoc cref="WorkerCalls.Run"/>
    public static int Run(string[] args, TextWriter output, TextWriter errors) =>
        new WorkerCalls(Describe, Train).Run(args, output, errors);

    internal static string Describe()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("describe.json") ?? throw new WorkerException("This build has no describe.json.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <exception cref="WorkerException">There is no such trainer, or there can be no model.</exception>
    private static void Train(DatasetFolder dataset, ProgressWriter progress)
    {
        Action<DatasetFolder, ProgressWriter> train = dataset.Manifest.Trainer switch
        {
            "sasrec" => (folder, report) => SequenceTraining.Train(folder, report, Transformer.Of),
            "gru4rec" => (folder, report) => SequenceTraining.Train(folder, report, RecurrentUnit.Of),
            "lightgcn" => (folder, report) => PairTraining.Train(folder, report, FactorNetwork.OfGraph),
            "neumf" => (folder, report) => PairTraining.Train(folder, report, PairNetwork.Of),
            "neural-mf" => (folder, report) => PairTraining.Train(folder, report, FactorNetwork.OfRows),
            var other => throw new WorkerException($"This build has no trainer '{other}'."),
        };
        Libtorch.Prepare(dataset.Manifest);
        try
        {
            train(dataset, progress);
        }
        catch (System.Runtime.InteropServices.ExternalException exception)
        {
            // How libtorch says anything; of its lines the first is for people.
            throw new WorkerException($"libtorch: {exception.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault("no reason given")}");
        }
    }
}
