using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using RecoService.Api.Http;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Catalogue;

/// <summary>Entity tags of what is stored: another record, another tag.</summary>
internal static class EntityTags
{
    private const int HashBytes = 12;

    public static EntityTagHeaderValue Of(StoredItem item) => new($"\"{item.Revision}\"");

    /// <summary>A user has no counter of writes; what is stored of them and when is as good.</summary>
    public static EntityTagHeaderValue Of(StoredUser user)
    {
        var attributes = Encoding.UTF8.GetBytes(user.AttributesJson ?? "");
        var content = new byte[sizeof(int) + sizeof(long) + attributes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(content, user.Key);
        BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(sizeof(int)), user.UpdatedAt.ToUnixTimeMilliseconds());
        attributes.CopyTo(content, sizeof(int) + sizeof(long));
        return new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, HashBytes))}\"");
    }
}

/// <summary>What a request demands of the stored record before it is answered (RFC 9110, 13.1).</summary>
/// <param name="IfMatch">Only when the record has one of these entity tags, or exists (*).</param>
/// <param name="IfNoneMatch">Only when the record has none of these entity tags, or does not exist (*).</param>
internal readonly record struct Conditions([property: FromHeader(Name = "If-Match")] string? IfMatch, [property: FromHeader(Name = "If-None-Match")] string? IfNoneMatch)
{
    /// <summary>Says the record's tag; true when the client has just this record, and 304 is the answer.</summary>
    /// <exception cref="InvalidRequestException">A header is not a list of entity tags.</exception>
    /// <exception cref="PreconditionFailedException">The record is not one of those that were asked for.</exception>
    public bool AreOfCurrent(HttpResponse response, EntityTagHeaderValue tag)
    {
        CheckMatch(tag);
        response.Headers.ETag = tag.ToString();
        return Parse(HeaderNames.IfNoneMatch, IfNoneMatch)?.Any(given => given.Equals(EntityTagHeaderValue.Any) || given.Compare(tag, useStrongComparison: false)) == true;
    }

    /// <summary>To be asked with what is stored, null for nothing, inside of the transaction that writes.</summary>
    /// <exception cref="InvalidRequestException">A header is not a list of entity tags.</exception>
    /// <exception cref="PreconditionFailedException">The conditions do not hold.</exception>
    public void CheckItem(StoredItem? stored) =>
        // An item that only interactions have named can be read, but a PUT creates its record.
        Check(stored is null ? null : EntityTags.Of(stored), hasRecord: stored is { Listed: true });

    /// <inheritdoc cref="CheckItem"/>
    public void CheckUser(StoredUser? stored) => Check(stored is null ? null : EntityTags.Of(stored), hasRecord: stored is not null);

    private void Check(EntityTagHeaderValue? tag, bool hasRecord)
    {
        CheckMatch(tag);
        foreach (var given in Parse(HeaderNames.IfNoneMatch, IfNoneMatch) ?? [])
        {
            if (given.Equals(EntityTagHeaderValue.Any) ? hasRecord : tag is not null && given.Compare(tag, useStrongComparison: false))
                throw new PreconditionFailedException($"{HeaderNames.IfNoneMatch} excludes what is stored", tag);
        }
    }

    private void CheckMatch(EntityTagHeaderValue? tag)
    {
        if (Parse(HeaderNames.IfMatch, IfMatch) is not { } wanted)
            return;
        if (tag is null || !wanted.Any(given => given.Equals(EntityTagHeaderValue.Any) || given.Compare(tag, useStrongComparison: true)))
            throw new PreconditionFailedException(tag is null ? "there is no record" : $"{HeaderNames.IfMatch} names another state of the record", tag);
    }

    private static IList<EntityTagHeaderValue>? Parse(string header, string? text)
    {
        if (text is null)
            return null;
        return EntityTagHeaderValue.TryParseStrictList([text], out var tags) && tags.Count > 0
            ? tags
            : throw new InvalidRequestException([new FieldProblem(header, "must be * or entity tags as ETag gave them, in quotes and separated by commas")]);
    }
}
