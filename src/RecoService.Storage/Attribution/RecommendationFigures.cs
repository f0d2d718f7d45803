namespace RecoService.Storage.Attribution;

/// <summary>
/// Counts what was shown and finds what users did with it. Lists are counted once each, by a mark of their own in the transaction of the counting. What a user did is attributed anew whenever the user
/// did something, something of theirs was corrected, or a list of theirs arrived late; so the figures are the same in whatever order all that arrives. One process at a time does it.
/// </summary>
public sealed class RecommendationFigures
{
    /// <summary>Lists of one transaction. While it runs, other writers of SQLite wait.</summary>
    private const int ListsPerPiece = 5_000;

    /// <summary>Users of one transaction.</summary>
    private const int UsersPerPiece = 200;

    private const int NamesPerQuery = 1_000;

    private readonly Store store;

    internal RecommendationFigures(Store store) => this.store = store;

    /// <summary>Brings the figures up to date.</summary>
    /// <param name="rules">Which interactions belong to lists.</param>
    /// <param name="progress">Takes how many lists are counted and how many users are attributed; null: nobody looks.</param>
    /// <param name="ct">Stops between two pieces; nothing is lost or counted twice.</param>
    public async Task FollowAsync(AttributionRules rules, Action<(long Lists, long Users)>? progress, CancellationToken ct)
    {
        var (lists, users) = (0L, 0L);
        while (await CountNewListsAsync(ct) is > 0 and var counted)
        {
            lists += counted;
            progress?.Invoke((lists, users));
        }

        await NoteChangedUsersAsync(rules.Window, ct);
        while (await AttributeAsync(rules, ct) is > 0 and var attributed)
        {
            users += attributed;
            progress?.Invoke((lists, users));
        }
    }

    /// <summary>Forgets what was counted of the stored lists, so that the next <see cref="FollowAsync"/> counts them again.</summary>
    /// <param name="from">Days of which not all lists are stored any more keep their figures: those before this time. Whole days count.</param>
    /// <param name="ct">Has no effect once the commit has begun.</param>
    public Task ForgetAsync(DateTimeOffset from, CancellationToken ct) => store.WriteAsync(async context =>
    {
        await LockAsync(context, ct);
        var time = from.ToUnixTimeMilliseconds();
        var day = ShownList.DayOf(time);
        if (day * ShownList.MillisecondsPerDay < time)
            day++;
        // Who is left out stays so: days that keep their figures have nothing of them, and days that are counted again get nothing.
        foreach (var table in (string[])["recommendation_cells", "recommendation_viewers", "attributions", "exploration_trials"])
            await context.ExecuteAsync($"DELETE FROM {table} WHERE day >= @day", ct, ("day", day));
        await context.ExecuteAsync("UPDATE impressions SET counted = false WHERE occurred_at >= @time", ct, ("time", day * ShownList.MillisecondsPerDay));
        await context.ExecuteAsync("UPDATE attribution_state SET marker = NULL", ct);
        return true;
    }, ct, TimeSpan.FromHours(1));

    /// <summary>The figures of lists, as far as they are counted.</summary>
    public Task<IReadOnlyList<FigureRow>> ReadAsync(FigureQuery query, CancellationToken ct) => store.ReadSnapshotAsync(context => new FigureReader(context, query).ReadAsync(ct), ct);

    /// <summary>What the users of an experiment did, per variant.</summary>
    /// <param name="experimentId">The experiment.</param>
    /// <param name="started">When it started.</param>
    /// <param name="until">The end of what counts.</param>
    /// <param name="before">How long before the start the interactions are counted that say what a user is like.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<ExperimentFigures> ReadVariantsAsync(string experimentId, DateTimeOffset started, DateTimeOffset until, TimeSpan before, CancellationToken ct)
    {
        var (start, end) = (started.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds());
        return store.ReadSnapshotAsync(
            context => VariantReader.ReadAsync(context, experimentId, ShownList.DayOf(start), ShownList.DayOf(end), start, (started - before).ToUnixTimeMilliseconds(), ct), ct);
    }

    /// <summary>How the lists of an experiment in the shadow agree with those beside them, as far as they are still stored.</summary>
    /// <param name="experimentId">The experiment.</param>
    /// <param name="started">When it started.</param>
    /// <param name="until">The end of what counts.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<ShadowFigures> ReadShadowAsync(string experimentId, DateTimeOffset started, DateTimeOffset until, CancellationToken ct) =>
        store.ReadSnapshotAsync(context => ShadowReader.ReadAsync(context, experimentId, started.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds(), ct), ct);

    /// <summary>What the users of an interleaved experiment preferred.</summary>
    /// <param name="experimentId">The experiment.</param>
    /// <param name="second">The name of its second variant.</param>
    /// <param name="started">When it started.</param>
    /// <param name="until">The end of what counts.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>Of each user who saw a list, the clicks on items of the second variant less those on items of the first.</returns>
    public Task<double[]> ReadCreditsAsync(string experimentId, string second, DateTimeOffset started, DateTimeOffset until, CancellationToken ct) => store.ReadSnapshotAsync(
        context => InterleavingReader.ReadAsync(context, experimentId, second, ShownList.DayOf(started.ToUnixTimeMilliseconds()), ShownList.DayOf(until.ToUnixTimeMilliseconds()), ct), ct);

    /// <summary>What users did with the lists of some placements, as sums over users, whatever their variants.</summary>
    /// <param name="placements">Their names; empty: all.</param>
    /// <param name="from">The first day, UTC.</param>
    /// <param name="to">The last day, inclusive.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>The sums, and the first day with a list; null where there is none.</returns>
    public Task<(VariantSums Users, DateOnly? FirstDay)> ReadUsersAsync(IReadOnlyCollection<string> placements, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) => store.ReadSnapshotAsync(
        context => VariantReader.ReadUsersAsync(context, placements, ShownList.DayOf(from.ToUnixTimeMilliseconds()), ShownList.DayOf(to.ToUnixTimeMilliseconds()), ct), ct);

    /// <summary>Who is left out of the figures, by how much the busiest day of theirs has; the busiest first.</summary>
    public Task<IReadOnlyList<(string UserId, long InteractionsADay)>> InhumanUsersAsync(int limit, CancellationToken ct) => store.ReadSnapshotAsync<IReadOnlyList<(string, long)>>(async context =>
    {
        var users = new List<(string, long)>();
        await using var command = context.Command("SELECT user_id, interactions_a_day FROM inhuman_users ORDER BY interactions_a_day DESC, user_id LIMIT @limit", ("limit", limit));
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            users.Add((reader.GetString(0), reader.GetInt64(1)));
        return users;
    }, ct);

    private Task LockAsync(RecoDbContext context, CancellationToken ct) => context.LockLeaseAsync(store.Provider, Leases.Attribution, ct);

    private Task<int> CountNewListsAsync(CancellationToken ct) => store.WriteAsync(async context =>
    {
        await LockAsync(context, ct);
        var lists = await FigureTables.ReadListsAsync(
            context.Command(
                $"""
                UPDATE impressions SET counted = true
                WHERE recommendation_id IN (SELECT recommendation_id FROM impressions WHERE NOT counted ORDER BY recommendation_id LIMIT {ListsPerPiece})
                RETURNING {FigureTables.ListColumns}
                """),
            ct);
        if (lists.Count == 0)
            return 0;
        await context.CountViewersAsync(lists, ct);
        var inhuman = await context.InhumanUsersAsync(ct);
        await context.CountCellsAsync(lists.Where(list => !inhuman.Contains(list.UserId)), 1, ct);
        // What a user did after a list may have been attributed before the list was here.
        var first = lists.Min(list => list.ShownAt);
        foreach (var users in lists.Select(list => list.UserId).Where(id => id.Length > 0).Distinct(StringComparer.Ordinal).Chunk(UsersPerPiece))
        {
            await using var note = context.CommandOf(
                """
                INSERT INTO attribution_due (user_key)
                SELECT u.key FROM users u WHERE u.id IN ({0}) AND EXISTS (SELECT 1 FROM interactions n WHERE n.user_key = u.key AND n.occurred_at >= @first
                    UNION ALL SELECT 1 FROM ratings r WHERE r.user_key = u.key AND r.occurred_at >= @first)
                ON CONFLICT (user_key) DO NOTHING
                """,
                users, ("first", first));
            await note.ExecuteNonQueryAsync(ct);
        }

        await NoteWaitingAsync(context, lists, ct);
        return lists.Count;
    }, ct);

    /// <summary>Whoever names a list before it is here, whose list it may be.</summary>
    private static async Task NoteWaitingAsync(RecoDbContext context, List<ShownList> lists, CancellationToken ct)
    {
        if (await context.CountAsync("SELECT count(*) FROM (SELECT 1 FROM attribution_waiting LIMIT 1) AS t", ct) == 0)
            return;
        foreach (var names in lists.Select(list => list.RecommendationId.ToString("N")).Chunk(NamesPerQuery))
        {
            await using var note = context.CommandOf("INSERT INTO attribution_due (user_key) SELECT DISTINCT user_key FROM attribution_waiting WHERE recommendation_id IN ({0}) ON CONFLICT (user_key) DO NOTHING", names);
            await note.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>Whoever did something since the last time, or had something corrected; at the first time, whoever was shown something or names a list.</summary>
    private Task<bool> NoteChangedUsersAsync(TimeSpan window, CancellationToken ct) => store.WriteAsync(async context =>
    {
        await LockAsync(context, ct);
        // A list that has not come for so long does not come.
        await context.ExecuteAsync("DELETE FROM attribution_waiting WHERE received_at < @since", ct, ("since", (store.Now - window).ToUnixTimeMilliseconds()));
        var now = await store.Provider.ReadMarkerAsync(context, ct);
        var since = await MarkerAsync(context, ct);
        if (since is null || store.Provider.IsAhead(since, now))
        {
            await context.ExecuteAsync(
                """
                INSERT INTO attribution_due (user_key)
                SELECT u.key FROM users u WHERE EXISTS (SELECT 1 FROM impressions m WHERE m.user_id = u.id)
                    OR EXISTS (SELECT 1 FROM interactions n WHERE n.user_key = u.key AND n.recommendation_id IS NOT NULL)
                    OR EXISTS (SELECT 1 FROM ratings r WHERE r.user_key = u.key AND r.recommendation_id IS NOT NULL AND NOT r.deleted)
                ON CONFLICT (user_key) DO NOTHING
                """,
                ct);
        }
        else if (since != now)
        {
            foreach (var table in (string[])["interactions", "ratings", "rewrites"])
            {
                await using var note = context.Command(
                    $"""
                    INSERT INTO attribution_due (user_key)
                    SELECT DISTINCT user_key FROM {table} WHERE change > @change AND {store.Provider.IsBetween}
                    ON CONFLICT (user_key) DO NOTHING
                    """,
                    ("change", store.Provider.CoveredChange(since)));
                store.Provider.BindBetween(note, since, now);
                await note.ExecuteNonQueryAsync(ct);
            }
        }

        await context.ExecuteAsync("UPDATE attribution_state SET marker = @marker", ct, ("marker", now));
        return true;
    }, ct, TimeSpan.FromMinutes(10));

    private static async Task<string?> MarkerAsync(RecoDbContext context, CancellationToken ct)
    {
        await using var command = context.Command("SELECT marker FROM attribution_state");
        return await command.ExecuteScalarAsync(ct) as string;
    }

    private async Task<int> AttributeAsync(AttributionRules rules, CancellationToken ct)
    {
        var kinds = await store.KindKeysAsync(ct);
        return await store.WriteAsync(async context =>
        {
            await LockAsync(context, ct);
            var due = await context.ReadIntsAsync($"SELECT user_key FROM attribution_due ORDER BY user_key LIMIT {UsersPerPiece}", ct);
            if (due.Count == 0)
                return 0;
            var keys = string.Join(',', due);
            await context.ExecuteAsync($"DELETE FROM attribution_due WHERE user_key IN ({keys})", ct);
            // An erasure waits for this transaction and then deletes what it wrote, or this does not find the user.
            var users = new Dictionary<int, string>();
            await using (var command = context.Command($"SELECT key, id FROM users WHERE key IN ({keys}){store.Provider.ForUpdate}"))
            await using (var reader = await command.ExecuteReaderAsync(ct))
            {
                while (await reader.ReadAsync(ct))
                    users.Add(reader.GetInt32(0), reader.GetString(1));
            }

            if (users.Count > 0)
                await new UserAttribution(context, kinds, store.Kinds, rules, store.Now.ToUnixTimeMilliseconds()).AttributeAsync(users, ct);
            return due.Count;
        }, ct);
    }
}
