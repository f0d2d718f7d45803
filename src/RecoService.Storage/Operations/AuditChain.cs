using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Entities;

namespace RecoService.Storage.Operations;

/// <summary>What is wrong with the audit log.</summary>
/// <param name="Position">Of the first entry that is not as it was written, or that is missing.</param>
/// <param name="What">In a sentence.</param>
public sealed record AuditFault(long Position, string What);

/// <summary>What a look at the whole chain of the audit log found.</summary>
/// <param name="Entries">Entries of the chain that were looked at.</param>
/// <param name="Unchained">Entries that a version without the chain wrote; nothing tells whether they were changed.</param>
/// <param name="Position">Of the last entry; 0 for none.</param>
/// <param name="Head">The hash of the last entry; empty for none. Who keeps it elsewhere can tell later that nothing before it was changed.</param>
/// <param name="Fault">The first fault; null: none.</param>
public sealed record AuditVerification(long Entries, long Unchained, long Position, string Head, AuditFault? Fault);

/// <summary>
/// Chains the entries of the audit log: each holds the hash of the one before it, and its own is taken over that and all that it says. With a secret the hashes are HMAC-SHA256 (RFC 2104), and nobody who
/// can only write the database can make them; without one they are SHA-256.
/// </summary>
/// <param name="secrets">The current one first, then earlier ones; none: no secret.</param>
internal sealed class AuditChain(IReadOnlyList<string> secrets)
{
    /// <summary>The call of entries that say up to where older ones were forgotten.</summary>
    public const string Forgetting = "ForgetChanges";

    private const int PageSize = 1_000;
    private const string Purpose = "audit log";

    private readonly byte[][] keys = [.. secrets.Select(secret => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(Purpose)))];

    /// <summary>Adds an entry at the end, within a transaction that ends soon: writers take turns at it.</summary>
    public async Task AppendAsync(RecoDbContext context, StoreProvider provider, AuditRow row, CancellationToken ct)
    {
        var head = await context.AuditHead.Locked(provider, $"SELECT * FROM audit_head WHERE id = {AuditHeadRow.OnlyId}").AsTracking().SingleAsync(ct);
        row.Position = ++head.Position;
        row.PreviousHash = head.Hash;
        head.Hash = row.Hash = HashOf(row, keys.Length == 0 ? null : keys[0]);
        context.Add(row);
        await context.SaveChangesAsync(ct);
    }

    /// <summary>Looks at every entry, in one consistent read.</summary>
    public async Task<AuditVerification> VerifyAsync(RecoDbContext context, CancellationToken ct)
    {
        var log = context.Set<AuditRow>().AsNoTracking();
        var head = await context.AuditHead.AsNoTracking().SingleAsync(ct);
        var unchained = await log.LongCountAsync(row => row.Position == null, ct);
        var forgotten = await log.Where(row => row.Position != null && row.Call == Forgetting).OrderByDescending(row => row.Position).Select(row => row.AfterJson).FirstOrDefaultAsync(ct);
        var walk = new Walk(this, forgotten);
        for (List<AuditRow> page = []; ;)
        {
            var after = walk.Position;
            page = await log.Where(row => row.Position > after).OrderBy(row => row.Position).Take(PageSize).ToListAsync(ct);
            foreach (var row in page)
            {
                if (walk.FaultOf(row) is { } fault)
                    return new AuditVerification(walk.Entries, unchained, head.Position, head.Hash, fault);
            }

            if (page.Count < PageSize)
                break;
        }

        var end = walk.Position == head.Position && walk.Hash == head.Hash ? null : new AuditFault(walk.Position + 1, $"The last entry is {walk.Position}, and the log had {head.Position}.");
        return new AuditVerification(walk.Entries, unchained, head.Position, head.Hash, end);
    }

    private static string HashOf(AuditRow row, byte[]? key)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes<object?[]>(
        [
            row.Position, row.PreviousHash, row.ChangedAt.ToUnixTimeMilliseconds(), row.KeyName, row.Call, row.Method, row.Subject, row.Outcome, row.BeforeJson, row.AfterJson,
        ]);
        return Convert.ToHexStringLower(key is null ? SHA256.HashData(text) : HMACSHA256.HashData(key, text));
    }

    /// <summary>Which of the secrets a hash was made with, counted from the latest; their number for none; -1: the entry is not as it was hashed.</summary>
    private int SecretOf(AuditRow row)
    {
        for (var secret = 0; secret < keys.Length; secret++)
        {
            if (HashOf(row, keys[secret]) == row.Hash)
                return secret;
        }

        return HashOf(row, null) == row.Hash ? keys.Length : -1;
    }

    /// <summary>What the last entry of its kind says of entries that were forgotten.</summary>
    /// <param name="ThroughPosition">The last of them.</param>
    /// <param name="Hash">Its hash.</param>
    internal sealed record Forgotten(long ThroughPosition, string Hash);

    /// <summary>Goes from entry to entry.</summary>
    private sealed class Walk(AuditChain chain, string? forgottenJson)
    {
        private int secret = int.MaxValue;

        public long Entries { get; private set; }

        public long Position { get; private set; }

        public string Hash { get; private set; } = "";

        public AuditFault? FaultOf(AuditRow row)
        {
            if (Entries == 0 && row.Position > 1 && forgottenJson is not null && JsonSerializer.Deserialize<Forgotten>(forgottenJson) is { } forgotten)
                (Position, Hash) = (forgotten.ThroughPosition, forgotten.Hash);
            if (row.Position != Position + 1)
                return new AuditFault(Position + 1, row.Position == Position + 2 ? $"Entry {Position + 1} is missing." : $"Entries {Position + 1} to {row.Position - 1} are missing.");
            if (row.PreviousHash != Hash)
                return new AuditFault(row.Position.Value, $"Entry {row.Position} does not follow the one that stands before it: one of them was moved or replaced.");
            // Once there was a secret, what is hashed without one, or with an earlier one, was not written by the service.
            var own = chain.SecretOf(row);
            if (own < 0 || own > secret)
                return new AuditFault(row.Position.Value, $"Entry {row.Position} was changed after it was written.");
            (secret, Position, Hash) = (own, row.Position.Value, row.Hash!);
            Entries++;
            return null;
        }
    }
}
