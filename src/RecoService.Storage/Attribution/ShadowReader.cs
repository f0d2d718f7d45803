using System.Text.Json;
using RecoService.Engine.Experiments;

namespace RecoService.Storage.Attribution;

/// <summary>How lists that were shown agree with those that were made beside them.</summary>
/// <param name="Lists">Lists that had another one beside them.</param>
/// <param name="WithoutShadow">Lists of the experiment without one: there was no time for it, or it was empty.</param>
/// <param name="Overlap">The mean of <see cref="ListAgreement.Overlap"/>; NaN without lists.</param>
/// <param name="RankBiasedOverlap">The mean of <see cref="ListAgreement.RankBiasedOverlap"/>; NaN without lists.</param>
/// <param name="Tau">The mean of <see cref="ListAgreement.Tau"/> over the lists that have one; NaN without any.</param>
/// <param name="Kept">Over users, four numbers each: items clicked that the other list has too, items clicked, items shown that the other list has too, items shown.</param>
public sealed record ShadowFigures(long Lists, long WithoutShadow, double Overlap, double RankBiasedOverlap, double Tau, JointMoments Kept);

/// <summary>Compares the lists of an experiment in the shadow, as far as they are still stored.</summary>
internal static class ShadowReader
{
    /// <summary>The newest: an answer that looked at all lists of a year would not come.</summary>
    private const int MostLists = 100_000;

    private const string Lists = $"""
        SELECT m.recommendation_id, m.user_id, m.variant, m.item_ids_json, m.shadow_item_ids_json FROM impressions m
        WHERE m.occurred_at BETWEEN @from AND @to AND m.user_id <> '' AND {VariantReader.Labelled} AND m.user_id NOT IN (SELECT user_id FROM inhuman_users)
        ORDER BY m.recommendation_id DESC LIMIT @most
        """;

    private static readonly string Clicks =
        $"SELECT DISTINCT recommendation_id, position FROM attributions WHERE list_at BETWEEN @from AND @to AND {VariantReader.Labelled} AND role = {(int)AttributionRole.Click}";

    /// <param name="context">In a snapshot.</param>
    /// <param name="experimentId">The experiment.</param>
    /// <param name="from">Unix milliseconds of the start.</param>
    /// <param name="to">Unix milliseconds of the end.</param>
    /// <param name="ct">Stops waiting.</param>
    public static async Task<ShadowFigures> ReadAsync(RecoDbContext context, string experimentId, long from, long to, CancellationToken ct)
    {
        var clicks = new Dictionary<Guid, List<int>>();
        await using (var command = context.Command(Clicks, ("from", from), ("to", to), ("label", VariantReader.LabelsOf(experimentId))))
        {
            command.CommandTimeout = 0;
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                var id = Guid.ParseExact(reader.GetString(0), "N");
                if (!clicks.TryGetValue(id, out var positions))
                    clicks.Add(id, positions = []);
                positions.Add(reader.GetInt32(1) - 1);
            }
        }

        var (lists, without, overlap, biased, tau, withTau) = (0L, 0L, 0.0, 0.0, 0.0, 0L);
        var users = new Dictionary<string, double[]>(StringComparer.Ordinal);
        await using (var command = context.Command(Lists, ("from", from), ("to", to), ("label", VariantReader.LabelsOf(experimentId)), ("most", MostLists)))
        {
            command.CommandTimeout = 0;
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                if (VariantReader.VariantIn(reader.GetString(2), experimentId) is null)
                    continue;
                if (reader.IsDBNull(4) || JsonSerializer.Deserialize<string[]>(reader.GetString(3)) is not { Length: > 0 } shown || JsonSerializer.Deserialize<string[]>(reader.GetString(4)) is not { } beside)
                {
                    without++;
                    continue;
                }

                var agreement = ListAgreement.Of(shown, beside);
                (lists, overlap, biased) = (lists + 1, overlap + agreement.Overlap, biased + agreement.RankBiasedOverlap);
                if (!double.IsNaN(agreement.Tau))
                    (tau, withTau) = (tau + agreement.Tau, withTau + 1);
                if (!users.TryGetValue(reader.GetString(1), out var own))
                    users.Add(reader.GetString(1), own = new double[4]);
                var has = beside.ToHashSet(StringComparer.Ordinal);
                foreach (var position in clicks.GetValueOrDefault(reader.GetGuid(0)) ?? [])
                {
                    own[0] += position < shown.Length && has.Contains(shown[position]) ? 1 : 0;
                    own[1]++;
                }

                own[2] += shown.Count(has.Contains);
                own[3] += shown.Length;
            }
        }

        return new ShadowFigures(lists, without, overlap / lists, biased / lists, tau / withTau, JointMoments.Of(4, [.. users.Values.SelectMany(own => own)]));
    }
}
