using Microsoft.EntityFrameworkCore;
using RecoService.Engine.Data;

namespace RecoService.Storage;

/// <summary>The store's own key of each kind: the order of the configured table may change, rows written under it do not.</summary>
internal sealed class KindKeys
{
    /// <summary>In the place of a kind's key: the interaction was taken back, and only its id is left. It is the key of no kind, so whoever reads kinds leaves it out.</summary>
    public const short TakenBack = 0;

    private readonly short[] keys;
    private readonly Dictionary<short, byte> indexes = [];

    private KindKeys(short[] keys, byte ratingIndex)
    {
        this.keys = keys;
        RatingIndex = ratingIndex;
        for (var index = 0; index < keys.Length; index++)
            indexes.Add(keys[index], (byte)index);
    }

    public byte RatingIndex { get; }

    public short this[byte kindIndex] => keys[kindIndex];

    /// <summary>False for a kind that is no longer configured.</summary>
    public bool TryGetIndex(short key, out byte kindIndex) => indexes.TryGetValue(key, out kindIndex);

    /// <summary>Null: some are not registered yet.</summary>
    public static async Task<KindKeys?> FindAsync(RecoDbContext context, InteractionKinds kinds, CancellationToken ct)
    {
        await context.Database.OpenConnectionAsync(ct);
        var known = await ReadAsync(context, ct);
        var registered = new short[kinds.Count];
        for (var index = 0; index < registered.Length; index++)
        {
            if (!known.TryGetValue(kinds[index].Name, out registered[index]))
                return null;
        }

        return new KindKeys(registered, kinds.RatingIndex);
    }

    public static async Task<KindKeys> RegisterAsync(RecoDbContext context, InteractionKinds kinds, CancellationToken ct)
    {
        var known = await ReadAsync(context, ct);
        var registered = new short[kinds.Count];
        for (var index = 0; index < registered.Length; index++)
        {
            var name = kinds[index].Name;
            if (!known.TryGetValue(name, out registered[index]))
            {
                registered[index] = (short)(known.Count == 0 ? 1 : known.Values.Max() + 1);
                known.Add(name, registered[index]);
                await using var insert = context.Command("INSERT INTO kinds (key, name) VALUES (@key, @name)", ("key", registered[index]), ("name", name));
                await insert.ExecuteNonQueryAsync(ct);
            }
        }

        return new KindKeys(registered, kinds.RatingIndex);
    }

    private static async Task<Dictionary<string, short>> ReadAsync(RecoDbContext context, CancellationToken ct)
    {
        Dictionary<string, short> known = [];
        await using var command = context.Command("SELECT name, key FROM kinds");
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            known.Add(reader.GetString(0), reader.GetInt16(1));
        return known;
    }
}
