using RecoService.Storage.Privacy;

namespace RecoService.Api.Privacy;

/// <param name="ErasureId">Names the receipt.</param>
internal sealed record ErasureAccepted(Guid ErasureId);

/// <param name="ErasureId">Names it.</param>
/// <param name="Status">erasing: all rows are gone, and lists on their way are waited for; retraining: a model that learned from the user still serves; done.</param>
/// <param name="RequestedAt">When all rows were deleted, UTC.</param>
/// <param name="SettledAt">When the last late arrival was deleted and the user's id forgotten, UTC; null: not yet.</param>
/// <param name="RetrainDueAt">When a model run starts if a model that learned from the user still serves, UTC.</param>
/// <param name="RetrainAskedAt">When such a run was last started, UTC; null: never.</param>
/// <param name="Deleted">Rows by table.</param>
/// <param name="Models">The model versions that may have learned from the user, ascending.</param>
/// <param name="LastRetiredAt">When the last of them was served for the last time, UTC; null: one still is, or none ever was.</param>
internal sealed record ErasureResponse(
    Guid ErasureId, string Status, DateTimeOffset RequestedAt, DateTimeOffset? SettledAt, DateTimeOffset RetrainDueAt, DateTimeOffset? RetrainAskedAt, IReadOnlyDictionary<string, long> Deleted,
    IReadOnlyList<LearnedModelResponse> Models, DateTimeOffset? LastRetiredAt)
{
    public static ErasureResponse Of(Erasure erasure) => new(
        erasure.Id, erasure.SettledAt is null ? "erasing" : erasure.IsDone ? "done" : "retraining", erasure.RequestedAt, erasure.SettledAt, erasure.RetrainDueAt, erasure.RetrainAskedAt, erasure.Deleted,
        [.. erasure.Models.Select(model => new LearnedModelResponse(model.Version, model.IsStored, model.IsServed, model.RetiredAt))], erasure.LastRetiredAt);
}

/// <param name="Version">Of the model.</param>
/// <param name="Stored">The store still has it; it holds a vector under a number that leads to nobody.</param>
/// <param name="Served">Lists are made with it, in which nobody has the user's number any more.</param>
/// <param name="RetiredAt">When it was served for the last time, UTC; null: it is served, or never was.</param>
internal sealed record LearnedModelResponse(int Version, bool Stored, bool Served, DateTimeOffset? RetiredAt);
