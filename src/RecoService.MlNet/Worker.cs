using System.Text.Json;

namespace RecoService.MlNet;

/// <summary>The two calls of a worker, as docs/workers.md describes them.</summary>
internal static class Worker
{
    private const int Failed = 2;

    /// <param name="args"><c>describe</c>, or <c>train</c> and a folder.</param>
    /// <param name="output">Takes the description, or the progress.</param>
    /// <param name="errors">Takes what has no other place.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter errors)
    {
        switch (args)
        {
            case ["describe"]:
                output.WriteLine(Description.Text());
                return 0;
            case ["train", var folder]:
                return Train(folder, new ProgressWriter(output));
            default:
                errors.WriteLine("Usage: describe | train FOLDER");
                return Failed;
        }
    }

    private static int Train(string folder, ProgressWriter progress)
    {
        try
        {
            var dataset = DatasetFolder.Open(folder);
            Trainers.Of(dataset.Manifest.Trainer)(dataset, progress);
            return 0;
        }
        catch (Exception exception) when (exception is WorkerException or IOException or JsonException or InvalidOperationException or OutOfMemoryException)
        {
            progress.Fail(exception.Message);
            return Failed;
        }
    }
}
