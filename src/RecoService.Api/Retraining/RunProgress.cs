using RecoService.Engine.Computing;
using RecoService.Engine.Training;

namespace RecoService.Api.Retraining;

/// <summary>Where a run is, written by the run and read by whoever asks.</summary>
internal sealed class RunProgress : IProgress<TrainingProgress>
{
    private volatile Step current = new("starting", 0);

    public (string Stage, double Fraction) Current => (current.Stage, current.Fraction);

    /// <summary>Enters a stage of the run; the trainers report how far they are within it.</summary>
    public void Enter(string stage) => current = new Step(stage, 0);

    public void Report(TrainingProgress value) => current = current with { Fraction = Math.Clamp(value.Fraction, 0, 1) };

    private sealed record Step(string Stage, double Fraction);
}
