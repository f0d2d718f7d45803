using System.Text.Json;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Api.Workers;

/// <summary>
/// A trainer that is a program of its own: writes the dataset into a folder, lets the worker train, reads the model that it leaves. Of a ranker the service makes the candidates, and the
/// worker learns their order.
/// </summary>
internal sealed class WorkerTrainer(WorkerProgram program, DescribedTrainer trainer, DescribedOptions options, TrainerRegistry registry, TimeProvider time) : ITrainer
{
    /// <summary>How much of the work is the worker's, 0..1.</summary>
    private const double Begun = 0.05;
    private const double Done = 0.95;

    public IScorer Train(InteractionDataset dataset, TrainingContext context) => trainer.Needs.HasFlag(DatasetParts.Ranking)
        ? new TwoStageTraining(FirstStageOptions.Of(options), registry).Train(dataset, context, LearnOrder)
        : Run(dataset, null, null, context, model => WorkerModel.Read(model, dataset, context));

    private IRankingFunction LearnOrder(InteractionDataset known, RankingLists lists, TrainingContext context)
    {
        var fields = trainer.Needs.HasFlag(DatasetParts.RankingFields) ? RankingFields.Of(known, lists) : null;
        return Run(known, lists, fields, context, model =>
        {
            WorkerModel.Claim(model, context);
            return WorkerRanker.Read(model, fields);
        });
    }

    private T Run<T>(InteractionDataset dataset, RankingLists? lists, RankingFields? fields, TrainingContext context, Func<string, T> read)
    {
        context.CancellationToken.ThrowIfCancellationRequested();
        var maxMemory = Math.Min(program.MaxMemory, context.Memory?.Limit ?? long.MaxValue);
        try
        {
            context.Report("writing the dataset", 0);
            using var folder = DatasetFolder.Write(trainer, options.ToJson(), dataset, context, maxMemory, lists, fields);
            context.Report("starting the worker", Begun);
            var progress = new Progress(context);
            new WorkerRun(program, time).Run(["train", folder.Location], program.MaxDuration, maxMemory, progress.Read, () => progress.Failure, context.CancellationToken);
            context.Report("reading the model", Done);
            var model = read(folder.ModelFolder);
            context.Report("trained", 1);
            return model;
        }
        catch (WorkerException exception)
        {
            throw new TrainingException($"Worker '{program.Name}' could not train '{trainer.Name}': {exception.Message.TrimEnd('.')}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"Worker '{program.Name}' could not be given its dataset: {exception.Message.TrimEnd('.')}.");
        }
    }

    /// <summary>The lines that a worker writes while it trains: an object each, with a stage and a fraction, or an error.</summary>
    private sealed class Progress(TrainingContext context)
    {
        public string? Failure { get; private set; }

        /// <exception cref="WorkerException">It is no such line.</exception>
        public void Read(string line)
        {
            if (string.IsNullOrWhiteSpace(line))
                return;
            try
            {
                using var document = JsonDocument.Parse(line);
                var root = document.RootElement;
                if (root.ValueKind != JsonValueKind.Object)
                    throw new WorkerException($"it wrote what is no progress: {WorkerRun.Readable(line)}");
                if (root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.String)
                    Failure = WorkerRun.Readable(error.GetString()!);
                else if (root.TryGetProperty("fraction", out var fraction) && fraction.ValueKind == JsonValueKind.Number && fraction.TryGetDouble(out var done))
                    context.Report(StageOf(root), Begun + ((Done - Begun) * Math.Clamp(done, 0, 1)));
            }
            catch (JsonException)
            {
                throw new WorkerException($"it wrote what is no progress: {WorkerRun.Readable(line)}");
            }
        }

        private static string StageOf(JsonElement line) =>
            line.TryGetProperty("stage", out var stage) && stage.ValueKind == JsonValueKind.String && stage.GetString() is { Length: > 0 and <= 64 } words ? WorkerRun.Readable(words) : "training";
    }
}
