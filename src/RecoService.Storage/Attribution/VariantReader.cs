namespace RecoService.Storage.Attribution;

/// <summary>What the users of a variant did, as sums over users: of each number, and of each product of two.</summary>
/// <param name="Variant">Its name.</param>
public sealed record VariantSums(string Variant)
{
    /// <summary>Numbers of a user: items shown, of these clicked, distinct orders, 1 for who ordered, revenue, lists, and interactions in the time before the experiment.</summary>
    public const int Numbers = 7;

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

/// <summary>Adds up what the users of an experiment did. A user is one case, however many lists they saw.</summary>
internal static class VariantReader
{
    private const int Click = (int)AttributionRole.Click;
    private const int Order = (int)AttributionRole.Order;

    private const string Labelled = "day BETWEEN @from AND @to AND user_id <> '' AND (',' || variant || ',') LIKE @label AND user_id NOT IN (SELECT user_id FROM inhuman_users)";

    /// <summary>One row per user and label, the rows of a user one after the other.</summary>
    private static readonly string Sql =
        $"""
        SELECT f.user_id, f.variant, CAST(SUM(f.shown) AS double precision), CAST(SUM(f.clicks) AS double precision), CAST(SUM(f.orders) AS double precision), CAST(SUM(f.amount) AS double precision),
            CAST(SUM(f.lists) AS double precision), CAST(COALESCE(MAX(b.before_count), 0) AS double precision)
        FROM (
            SELECT user_id, variant, SUM(impressions) AS shown, 0 AS clicks, 0 AS orders, 0 AS amount, SUM(lists) AS lists FROM recommendation_viewers WHERE {Labelled} GROUP BY user_id, variant
            UNION ALL
            SELECT user_id, variant, 0, COUNT(DISTINCT CASE WHEN role = {Click} THEN recommendation_id || ' ' || position END), COUNT(DISTINCT CASE WHEN role = {Order} THEN order_key END),
                SUM(CASE WHEN role = {Order} THEN amount ELSE 0 END), 0
            FROM attributions WHERE {Labelled} GROUP BY user_id, variant) AS f
        LEFT JOIN (
            SELECT u.id AS user_id, COUNT(*) AS before_count FROM interactions n JOIN users u ON u.key = n.user_key
            WHERE n.occurred_at >= @before AND n.occurred_at < @started AND n.kind <> {KindKeys.TakenBack} GROUP BY u.id) AS b ON b.user_id = f.user_id
        GROUP BY f.user_id, f.variant
        ORDER BY f.user_id
        """;

    /// <param name="context">In a snapshot.</param>
    /// <param name="experimentId">Whose labels are read: experiment/variant, several of different experiments separated by commas.</param>
    /// <param name="from">The day of the start.</param>
    /// <param name="to">The last day, inclusive.</param>
    /// <param name="started">Unix milliseconds.</param>
    /// <param name="before">Unix milliseconds: where the time before the experiment begins.</param>
    /// <param name="ct">Stops waiting.</param>
    public static async Task<ExperimentFigures> ReadAsync(RecoDbContext context, string experimentId, int from, int to, long started, long before, CancellationToken ct)
    {
        await using var command = context.Command(Sql, ("from", from), ("to", to), ("label", $"%,{experimentId}/%"), ("started", started), ("before", before));
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
                if (VariantIn(reader.GetString(1), experimentId) is not { } variant)
                    continue;
                if (reader.GetString(0) != user)
                {
                    End();
                    (user, seen, isMixed) = (reader.GetString(0), variant, false);
                    Array.Clear(numbers);
                }

                isMixed |= variant != seen;
                var amount = reader.GetDouble(5) / 10_000;
                foreach (var (place, value) in new[] { (0, reader.GetDouble(2)), (1, reader.GetDouble(3)), (2, reader.GetDouble(4)), (4, amount), (5, reader.GetDouble(6)) })
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

    private static string? VariantIn(string labels, string experimentId)
    {
        foreach (var label in labels.Split(','))
        {
            if (label.Length > experimentId.Length && label[experimentId.Length] == '/' && label.StartsWith(experimentId, StringComparison.Ordinal))
                return label[(experimentId.Length + 1)..];
        }

        return null;
    }
}
