using System.Text.Json;

namespace RecoService.WorkerProtocol;

/// <summary>The two calls of a worker, as docs/workers.md describes them.</summary>
/// <param name="describe">What it can train.</param>
/// <param name="train">Trains what the manifest of a folder asks for.</param>
internal sealed class WorkerCalls(Func<string> describe, Action<DatasetFolder, ProgressWriter> train)
{
    private const int Failed = 2;

    /// <summary>Ends the process when the service is gone, or would not wait for the model any more.</summary>
    public static void EndWithTheService()
    {
        new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            while (input.ReadByte() >= 0)
            {
            }

            Environment.Exit(1);
        })
        { IsBackground = true }.Start();
    }

    /// <param name="args"><c>describe</c>, or <c>train</c> and a folder.</param>
    /// <param name="output">Takes the description, or the progress.</param>
    /// <param name="errors">Takes what has no other place.</param>
    /// <returns>The exit code.</returns>
    public int Run(string[] args, TextWriter output, TextWriter errors)
    {
        switch (args)
        {
            case ["describe"]:
                output.WriteLine(describe());
                return 0;
            case ["train", var folder]:
                return Train(folder, new ProgressWriter(output));
            default:
                errors.WriteLine("Usage: describe | train FOLDER");
                return Failed;
        }
    }

    private int Train(string folder, ProgressWriter progress)
    {
        try
        {
            train(DatasetFolder.Open(folder), progress);
            return 0;
        }
        catch (Exception exception) when (exception is WorkerException or IOException or JsonException or InvalidOperationException or OutOfMemoryException)
        {
            progress.Fail(exception.Message);
            return Failed;
        }
    }
}
