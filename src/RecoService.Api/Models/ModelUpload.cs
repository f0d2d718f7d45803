using System.Security.Cryptography;
using RecoService.Api.Http;
using RecoService.Api.Wire;
using RecoService.Engine.Models;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;
using RecoService.Storage;

namespace RecoService.Api.Models;

/// <summary>Takes in a model that was made elsewhere: on a larger machine, from a copy of this shop's database. It serves nobody until an operator publishes it.</summary>
internal sealed class ModelUpload(TrainerRegistry trainers)
{
    /// <param name="models">Where it is stored.</param>
    /// <param name="body">The bytes of the model, as <c>GET /admin/models/{version}/file</c> gives them.</param>
    /// <param name="trainer">Who made it.</param>
    /// <param name="trainedThrough">The newest interaction it has learned; null: nobody can judge it.</param>
    /// <param name="options">Its hyperparameters as JSON; null: those of the trainer by default.</param>
    /// <param name="seed">Of its training.</param>
    /// <param name="checksum">SHA-256 of the body in hexadecimal, as <c>GET /admin/models</c> shows it; null: what arrives is taken as it is.</param>
    /// <param name="cancellationToken">Ends the upload, and nothing is stored.</param>
    /// <exception cref="InvalidRequestException">It is no model that this service can serve; the fields say why.</exception>
    public async Task<StoredModel> SaveAsync(ModelStore models, Stream body, string? trainer, string? trainedThrough, string? options, int seed, string? checksum, CancellationToken cancellationToken)
    {
        var problems = new List<FieldProblem>();
        var optionsJson = OptionsOf(trainer, options, problems);
        var through = TimeOf(trainedThrough, problems);
        Requests.ThrowIfAny(problems);
        await using var file = new FileStream(
            Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16, FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        await body.CopyToAsync(file, cancellationToken);
        file.Position = 0;
        if (checksum is not null && !checksum.Equals(Convert.ToHexString(await SHA256.HashDataAsync(file, cancellationToken)), StringComparison.OrdinalIgnoreCase))
            throw new InvalidRequestException([new FieldProblem("checksum", "is not the SHA-256 of the body")]);
        file.Position = 0;
        Check(file);
        file.Position = 0;
        return await models.SaveAsync(new NewModel(RunId: null, trainer!, optionsJson!, seed, Watermark: "", through, MetricsJson: null), file.CopyTo, cancellationToken);
    }

    private string? OptionsOf(string? trainer, string? options, List<FieldProblem> problems)
    {
        if (trainer is null || !trainers.Names.Contains(trainer))
        {
            problems.Add(new FieldProblem("trainer", $"must be one of {string.Join(", ", trainers.Names)}"));
            return null;
        }

        try
        {
            return trainers.Serialize(trainer, trainers.Deserialize(trainer, options ?? "{}"));
        }
        catch (ArgumentException)
        {
            problems.Add(new FieldProblem("options", $"must be the options of {trainer} as a JSON object"));
            return null;
        }
    }

    private static DateTimeOffset? TimeOf(string? text, List<FieldProblem> problems)
    {
        if (text is null)
            return null;
        if (TimeText.TryParseIso(text, zone: null, out var moment))
            return moment;
        problems.Add(new FieldProblem("trainedThrough", "must be an ISO 8601 time with a zone, as 2026-03-01T12:00:00Z"));
        return null;
    }

    private void Check(Stream file)
    {
        IScorer model;
        try
        {
            model = ModelSerializer.Read(file, trainers.Formats);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidRequestException([new FieldProblem(FieldProblem.Body, $"is no model that can be served: {exception.Message}")]);
        }

        if (file.Position != file.Length)
            throw new InvalidRequestException([new FieldProblem(FieldProblem.Body, "holds more than a model")]);
        if (!model.IsSound())
            throw new InvalidRequestException([new FieldProblem(FieldProblem.Body, "holds a model with values that are not finite")]);
    }
}
