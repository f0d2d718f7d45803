using RecoService.Engine.Recommending;

namespace RecoService.Storage.Attribution;

/// <summary>Adds up what the users of an interleaved experiment preferred.</summary>
internal static class InterleavingReader
{
    private static readonly string Sql =
        $"""
        SELECT user_id, variant, 0 FROM recommendation_viewers WHERE {VariantReader.HumanDays} AND {VariantReader.Labelled} GROUP BY user_id, variant
        UNION ALL
        SELECT user_id, variant, COUNT(DISTINCT recommendation_id || ' ' || position) FROM attributions
        WHERE {VariantReader.HumanDays} AND {VariantReader.Labelled} AND role = {(int)AttributionRole.Click} GROUP BY user_id, variant
        """;

    /// <param name="context">In a snapshot.</param>
    /// <param name="experimentId">The experiment.</param>
    /// <param name="second">The name of its second variant.</param>
    /// <param name="from">The day of the start.</param>
    /// <param name="to">The last day, inclusive.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>Of each user who saw a list, the clicks on items of the second variant less those on items of the first.</returns>
    public static async Task<double[]> ReadAsync(RecoDbContext context, string experimentId, string second, int from, int to, CancellationToken ct)
    {
        await using var command = context.Command(Sql, ("from", from), ("to", to), ("label", VariantReader.LabelsOf(experimentId)));
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        var credits = new Dictionary<string, double>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct))
        {
            if (VariantReader.VariantIn(reader.GetString(1), experimentId) is not { } variant)
                continue;
            var sign = variant == PlacementExperiment.InterleavedName ? 0 : variant == second ? 1 : -1;
            credits[reader.GetString(0)] = credits.GetValueOrDefault(reader.GetString(0)) + (sign * reader.GetInt64(2));
        }

        return [.. credits.Values];
    }
}
