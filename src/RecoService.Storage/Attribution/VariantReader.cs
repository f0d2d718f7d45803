using System.Data.Common;
using System.Globalization;

namespace RecoService.Storage.Attribution;

/// <summary>What the users of a variant did, as sums over users: of each number, and of each product of two.</summary>
/// <param name="Variant">Its name.</param>
public sealed record VariantSums(string Variant)
{
    /// <summary>Numbers of a user: items shown, of these clicked, distinct orders, 1 for who ordered, revenue, lists, interactions in the time before, and items shown and clicked of the lists of their first day; then lists without an item, items that a fallback filled, lists whose making was timed, and its milliseconds.</summary>
    public const int Numbers = 13;

    /// <summary>How many users.</summary>
    public long Count { get; private set; }

    /// <summary>One per number.</summary>
    public double[] Sums { get; } = new double[Numbers];

    /// <summary>Numbers x numbers.</summary>
    public double[] Products { get; } = new double[Numbers * Numbers];

    /// <summary>Adds a user.</summary>
    public void Add(ReadOnlySpan<double> numbers)
    {
        Count++;
        for (var one = 0; one < Numbers; one++)
        {
            Sums[one] += numbers[one];
            for (var other = 0; other < Numbers; other++)
                Products[(one * Numbers) + other] += numbers[one] * numbers[other];
        }
    }
}

/// <summary>What the users of an experiment did, per variant.</summary>
/// <param name="Variants">Those that somebody has seen.</param>
/// <param name="MixedUsers">Users who saw more than one, as after a merge; they are in no variant.</param>
public sealed record ExperimentFigures(IReadOnlyList<VariantSums> Variants, long MixedUsers);

/// <summary>Adds up what users did with the lists that they were shown. A user is one case, however many lists they saw.</summary>
internal static class VariantReader
{
    private const int Click = (int)AttributionRole.Click;
    private const int Order = (int)AttributionRole.Order;

    public const string HumanDays = "day BETWEEN @from AND @to AND user_id <> '' AND user_id NOT IN (SELECT user_id FROM inhuman_users)";

    /// <summary>Lists of an experiment, and of some others, in SQL; <see cref="VariantIn"/> tells them apart.</summary>
    public const string Labelled = "(',' || variant || ',') LIKE @label";

    /// <summary>The value of the parameter of <see cref="Labelled"/>.</summary>
    public static string LabelsOf(string experimentId) => $"%,{experimentId}/%";

    /// <summary>One row per user and label, the rows of a user one after the other.</summary>
    /// <param name="lists">Which lists count, in SQL.</param>
    private static string SqlOf(string lists) =>
        $"""
        WITH firsts AS (SELECT user_id, MIN(day) AS first_day FROM recommendation_viewers WHERE {HumanDays} AND {lists} GROUP BY user_id)
        SELECT f.user_id, f.variant, CAST(SUM(f.shown) AS double precision), CAST(SUM(f.clicks) AS double precision), CAST(SUM(f.orders) AS double precision), CAST(SUM(f.amount) AS double precision),
            CAST(SUM(f.lists) AS double precision), CAST(COALESCE(MAX(b.before_count), 0) AS double precision), CAST(SUM(f.first_shown) AS double precision), CAST(SUM(f.first_clicks) AS double precision),
            CAST(SUM(f.empty) AS double precision), CAST(SUM(f.filled) AS double precision), CAST(SUM(f.timed) AS double precision), CAST(SUM(f.made_in) AS double precision)
        FROM (
            SELECT v.user_id, v.variant, SUM(v.impressions) AS shown, 0 AS clicks, 0 AS orders, 0 AS amount, SUM(v.lists) AS lists, SUM(CASE WHEN v.day = d.first_day THEN v.impressions ELSE 0 END) AS first_shown, 0 AS first_clicks,
                SUM(v.empty_lists) AS empty, SUM(v.fallback_items) AS filled, SUM(v.timed_lists) AS timed, SUM(v.made_in) AS made_in
            FROM (SELECT user_id, variant, day, impressions, lists, empty_lists, fallback_items, timed_lists, made_in FROM recommendation_viewers WHERE {HumanDays} AND {lists}) AS v JOIN firsts d ON d.user_id = v.user_id GROUP BY v.user_id, v.variant
            UNION ALL
            SELECT v.user_id, v.variant, 0, COUNT(DISTINCT CASE WHEN v.role = {Click} THEN v.recommendation_id || ' ' || v.position END), COUNT(DISTINCT CASE WHEN v.role = {Order} THEN v.order_key END),
                SUM(CASE WHEN v.role = {Order} THEN v.amount ELSE 0 END), 0, 0, COUNT(DISTINCT CASE WHEN v.role = {Click} AND v.day = d.first_day THEN v.recommendation_id || ' ' || v.position END), 0, 0, 0, 0
            FROM (SELECT user_id, variant, day, role, recommendation_id, position, order_key, amount FROM attributions WHERE {HumanDays} AND {lists}) AS v JOIN firsts d ON d.user_id = v.user_id GROUP BY v.user_id, v.variant) AS f
        LEFT JOIN (
            SELECT u.id AS user_id, COUNT(*) AS before_count FROM interactions n JOIN users u ON u.key = n.user_key
            WHERE n.occurred_at >= @before AND n.occurred_at < @started AND n.kind <> {KindKeys.TakenBack} GROUP BY u.id) AS b ON b.user_id = f.user_id
        GROUP BY f.user_id, f.variant
        ORDER BY f.user_id
        """;

    /// <summary>What the users of any lists of some placements did, whatever their variants.</summary>
    /// <param name="context">In a snapshot.</param>
    /// <param name="placements">Their names; empty: all.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day, inclusive.</param>
    /// <param name="ct">Stops waiting.</param>
    public static async Task<(VariantSums Users, DateOnly? FirstDay)> ReadUsersAsync(RecoDbContext context, IReadOnlyCollection<string> placements, int from, int to, CancellationToken ct)
    {
        await using var command = CommandOf(context, SqlOf, placements, from, to);
        if ((await ReadAsync(command, _ => "", ct)).Variants is not [var users])
            return (new VariantSums(""), null);
        await using var first = CommandOf(context, lists => $"SELECT MIN(day) FROM recommendation_viewers WHERE {HumanDays} AND {lists}", placements, from, to);
        return (users, DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(Convert.ToInt32(await first.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture)));
    }

    private static DbCommand CommandOf(RecoDbContext context, Func<string, string> sqlOf, IReadOnlyCollection<string> placements, int from, int to)
    {
        (string, object?)[] parameters = [("from", from), ("to", to), ("started", 0L), ("before", 0L)];
        return placements.Count == 0 ? context.Command(sqlOf("1 = 1"), parameters) : context.CommandOf(sqlOf("placement IN ({0})"), [.. placements], parameters);
    }

    /// <param name="context">In a snapshot.</param>
    /// <param name="experimentId">Whose labels are read: experiment/variant, several of different experiments separated by commas.</param>
    /// <param name="from">The day of the start.</param>
    /// <param name="to">The last day, inclusive.</param>
    /// <param name="started">Unix milliseconds.</param>
    /// <param name="before">Unix milliseconds: where the time before the experiment begins.</param>
    /// <param name="ct">Stops waiting.</param>
    public static async Task<ExperimentFigures> ReadAsync(RecoDbContext context, string experimentId, int from, int to, long started, long before, CancellationToken ct)
    {
        await using var command = context.Command(
            SqlOf(Labelled), ("from", from), ("to", to), ("label", LabelsOf(experimentId)), ("started", started), ("before", before));
        return await ReadAsync(command, labels => VariantIn(labels, experimentId), ct);
    }

    private static async Task<ExperimentFigures> ReadAsync(DbCommand command, Func<string, string?> variantIn, CancellationToken ct)
    {
        command.CommandTimeout = 0;
        var variants = new Dictionary<string, VariantSums>(StringComparer.Ordinal);
        var mixed = 0L;
        string? user = null, seen = null;
        var isMixed = false;
        var numbers = new double[VariantSums.Numbers];
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                if (variantIn(reader.GetString(1)) is not { } variant)
                    continue;
                if (reader.GetString(0) != user)
                {
                    End();
                    (user, seen, isMixed) = (reader.GetString(0), variant, false);
                    Array.Clear(numbers);
                }

                isMixed |= variant != seen;
                var amount = reader.GetDouble(5) / 10_000;
                foreach (var (place, value) in new[] { (0, reader.GetDouble(2)), (1, reader.GetDouble(3)), (2, reader.GetDouble(4)), (4, amount), (5, reader.GetDouble(6)), (7, reader.GetDouble(8)), (8, reader.GetDouble(9)), (9, reader.GetDouble(10)), (10, reader.GetDouble(11)), (11, reader.GetDouble(12)), (12, reader.GetDouble(13) / 1_000) })
                    numbers[place] += value;
                (numbers[3], numbers[6]) = (numbers[2] > 0 ? 1 : 0, reader.GetDouble(7));
            }
        }

        End();
        return new ExperimentFigures([.. variants.Values], mixed);

        void End()
        {
            if (user is null)
                return;
            if (isMixed)
            {
                mixed++;
                return;
            }

            if (!variants.TryGetValue(seen!, out var sums))
                variants.Add(seen!, sums = new VariantSums(seen!));
            sums.Add(numbers);
        }
    }

    /// <summary>The variant of an experiment among the labels of a list; null where it has none.</summary>
    public static string? VariantIn(string labels, string experimentId)
    {
        foreach (var label in labels.Split(','))
        {
            if (label.Length > experimentId.Length && label[experimentId.Length] == '/' && label.StartsWith(experimentId, StringComparison.Ordinal))
                return label[(experimentId.Length + 1)..];
        }

        return null;
    }
}
