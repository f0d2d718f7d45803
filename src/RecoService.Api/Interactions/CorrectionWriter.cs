using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Interactions;

/// <summary>Takes back and corrects what is stored, and makes it count for the very next list, in that order.</summary>
internal sealed partial class CorrectionWriter(InteractionWriter appended, ILogger<CorrectionWriter> logger)
{
    /// <summary>Each comes with all of a history.</summary>
    private const int UsersPerRead = 200;

    /// <summary>Whether the id was new, and how many interactions changed.</summary>
    public async Task<(bool Created, int Changed)> PutAsync(Shop shop, NewInteraction interaction, CancellationToken cancellationToken)
    {
        var result = await shop.Store.Corrections.PutAsync(interaction, cancellationToken);
        if (result.Created is { } append)
        {
            appended.Apply(shop, [interaction], append);
            return (true, append.Accepted);
        }

        return (false, await ApplyAsync(shop, result.Correction));
    }

    /// <summary>Stores interactions under their ids, puts them in the place of those that are there, and brings back those that were taken back; all or none.</summary>
    public async Task UpsertAsync(Shop shop, IReadOnlyList<NewInteraction> interactions, bool addValues, CancellationToken cancellationToken)
    {
        var (result, correction) = await shop.Store.Corrections.UpsertAsync(interactions, addValues, cancellationToken);
        appended.Apply(shop, interactions, result);
        await ApplyAsync(shop, correction);
    }

    /// <summary>Null: no interaction has or had this id.</summary>
    public async Task<int?> DeleteAsync(Shop shop, string id, CancellationToken cancellationToken) => await ApplyIfAnyAsync(shop, await shop.Store.Corrections.DeleteAsync(id, cancellationToken));

    /// <summary>How many interactions were taken back, or null: none names or named this order.</summary>
    public async Task<int?> DeleteOrderAsync(Shop shop, string orderId, CancellationToken cancellationToken) => await ApplyIfAnyAsync(shop, await shop.Store.Corrections.DeleteOrderAsync(orderId, cancellationToken));

    /// <summary>Null: there is and was no such rating.</summary>
    public async Task<int?> DeleteRatingAsync(Shop shop, string userId, string itemId, CancellationToken cancellationToken) =>
        await ApplyIfAnyAsync(shop, await shop.Store.Corrections.DeleteRatingAsync(userId, itemId, cancellationToken));

    /// <summary>Moves what one user did to another, who may be new; the first is forgotten. Attributes are filled up as far as the limits allow.</summary>
    public async Task<UserMerge> MergeAsync(Shop shop, string from, string userId, CancellationToken cancellationToken)
    {
        var merge = await shop.Store.Merges.MergeAsync(from, userId, (stored, more) => AttributesJson.Fill(stored, more, shop.Validators.Limits), cancellationToken);
        if (merge.FromKey is { } erased)
            shop.Serving.Snapshots.Apply(state => state.EraseUser(erased));
        if (merge.User is not { } user)
            return merge;
        shop.Serving.Snapshots.Apply(state => state.Apply(user.ToServed()));
        await ApplyAsync(shop, new Correction(merge.Interactions + merge.Ratings, [user.Key]));
        return merge;
    }

    private async Task<int?> ApplyIfAnyAsync(Shop shop, Correction? correction) => correction is null ? null : await ApplyAsync(shop, correction);

    private async Task<int> ApplyAsync(Shop shop, Correction correction)
    {
        try
        {
            // What is committed must reach the lists, whether or not the caller still waits.
            foreach (var some in correction.UserKeys.Chunk(UsersPerRead))
            {
                foreach (var user in await shop.Store.Feed.ReadUsersAsync(some, CancellationToken.None))
                    shop.Serving.Snapshots.Apply(state => state.Apply(user));
            }
        }
        catch (StorageUnavailableException exception)
        {
            LogLater(correction.UserKeys.Count, exception.Message);
        }

        return correction.Count;
    }

    [LoggerMessage(LogLevel.Warning, "A correction is stored, but the store cannot be read: {Reason} The lists of {Users} users follow as soon as it can.")]
    private partial void LogLater(int users, string reason);
}
