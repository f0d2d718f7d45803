namespace RecoService.MlNet;

/// <summary>What ML.NET trains.</summary>
internal static class Worker
{
    /// <inheritdoc cref="WorkerCalls.Run"/>
    public static int Run(string[] args, TextWriter output, TextWriter errors) =>
        new WorkerCalls(Description.Text, (dataset, progress) => Trainers.Of(dataset.Manifest.Trainer)(dataset, progress)).Run(args, output, errors);
}
