namespace RecoService.Storage;

/// <summary>Notes of whose histories were rewritten: one row per user, so that the table never holds more than there are users.</summary>
internal static class Rewrites
{
    /// <summary>Whoever follows the store reads the histories of these users anew.</summary>
    /// <param name="context">In a transaction.</param>
    /// <param name="store">The store.</param>
    /// <param name="userKeys">Distinct, ascending.</param>
    /// <param name="ct">Stops waiting.</param>
    public static async Task NoteRewrittenAsync(this RecoDbContext context, Store store, int[] userKeys, CancellationToken ct)
    {
        if (userKeys.Length == 0)
            return;
        var change = await store.Provider.NextChangeAsync(context, ct);
        foreach (var user in userKeys)
        {
            await context.ExecuteAsync(
                """
                INSERT INTO rewrites (user_key, rewritten_at, change) VALUES (@user, @now, @change)
                ON CONFLICT (user_key) DO UPDATE SET rewritten_at = excluded.rewritten_at, change = excluded.change
                """,
                ct, ("user", user), ("now", store.Now.ToUnixTimeMilliseconds()), ("change", change));
        }
    }
}
