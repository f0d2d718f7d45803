using System.Text.Json;

namespace RecoService.WorkerProtocol;

/// <summary>Progress as lines that the service reads.</summary>
internal sealed class ProgressWriter(TextWriter output)
{
    private const int Steps = 200;

    private string lastStage = "";
    private int lastStep = -1;

    /// <param name="stage">What is being done, in a word or two.</param>
    /// <param name="fraction">0..1.</param>
    public void Report(string stage, double fraction)
    {
        var step = (int)(Math.Clamp(fraction, 0, 1) * Steps);
        if (stage == lastStage && step == lastStep)
            return;
        (lastStage, lastStep) = (stage, step);
        Write(new { stage, fraction = (double)step / Steps });
    }

    public void Fail(string error) => Write(new { error });

    private void Write(object line)
    {
        output.WriteLine(JsonSerializer.Serialize(line));
        output.Flush();
    }
}
