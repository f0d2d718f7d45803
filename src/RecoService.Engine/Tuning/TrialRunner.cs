using System.Globalization;
using RecoService.Engine.Computing;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tuning;

/// <summary>Trains and judges what a selection tries, and measures time and memory. Models that somebody still holds are not trained twice.</summary>
/// <param name="registry">Knows the trainers.</param>
/// <param name="settings">Threads, seed, memory, device.</param>
/// <param name="time">The clock.</param>
internal sealed class TrialRunner(TrainerRegistry registry, SearchSettings settings, TimeProvider time)
{
    private readonly TrainingMemory memory = settings.Memory ?? new TrainingMemory(long.MaxValue);
    private readonly TrainingContext root = new(settings.Threads, settings.Seed);

    /// <summary>Whether nothing should be kept that can be made again.</summary>
    public bool IsMemoryShort => memory.IsHalfTaken;

    /// <param name="contender">Whose trainer.</param>
    /// <param name="on">What is learned from, and what judges.</param>
    /// <param name="options">Of the trainer.</param>
    /// <param name="origin">Where they come from.</param>
    /// <param name="part">Of the users, above 0 to 1.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellationToken">Cancels the selection.</param>
    /// <returns>The trial, with what the model has learned about its options; measurement and model are null when it failed.</returns>
    /// <exception cref="OperationCanceledException">The selection was cancelled.</exception>
    public (SelectionTrial Trial, Measurement? Measurement, IScorer? Model) Run(
        Contender contender, Validation on, object options, string origin, double part, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        TimeSpan? trained = null;
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var context = root.For(memory, either.Token, settings.Device);
        memory.BeginPeak();
        Measurement? measurement = null;
        IScorer? model = null;
        string? failure = null;
        TimeSpan? listTime = null;
        try
        {
            model = registry.Train(contender.Trainer, options, on.TrainPart(part), context);
            trained = time.GetElapsedTime(started);
            measurement = on.Judge(model, part, context);
            if (contender.Search.Settle is { } settle)
                options = settle(options, model);
            listTime = on.TimeOfList(model, part, time);
        }
        catch (TrainingException exception)
        {
            failure = exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            failure = string.Create(CultureInfo.InvariantCulture, $"It was stopped after {time.GetElapsedTime(started).TotalSeconds:F0} s: the budget has no more for it.");
        }

        var all = time.GetElapsedTime(started);
        var trial = new SelectionTrial(
            contender.Trainer, options, origin, part, measurement?.Value, (trained ?? all).TotalSeconds, all.TotalSeconds, memory.Peak, listTime?.TotalMicroseconds, failure);
        if (failure is null)
            return (trial, measurement, model);
        TrainingMemory.Release();
        return (trial, null, null);
    }
}
