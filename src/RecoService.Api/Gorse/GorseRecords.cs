using System.Text.Json;

namespace RecoService.Api.Gorse;

/// <summary>A user as Gorse's clients write and read one.</summary>
internal sealed record GorseUser
{
    public string? UserId { get; init; }

    /// <summary>Any JSON.</summary>
    public JsonElement? Labels { get; init; }

    public string? Comment { get; init; }
}

/// <summary>An item as Gorse's clients write one; in a PATCH what is null stays.</summary>
internal sealed record GorseItemRequest
{
    public string? ItemId { get; init; }

    public bool? IsHidden { get; init; }

    public IReadOnlyList<string?>? Categories { get; init; }

    /// <summary>In any format that can be read in one way only.</summary>
    public string? Timestamp { get; init; }

    /// <summary>Any JSON.</summary>
    public JsonElement? Labels { get; init; }

    public string? Comment { get; init; }
}

/// <summary>An item as Gorse's clients read one.</summary>
/// <param name="ItemId">The shop's id.</param>
/// <param name="IsHidden">It is in no list.</param>
/// <param name="Categories">None: an empty list.</param>
/// <param name="Timestamp">UTC; the year 1 where nobody said one, as in Go.</param>
/// <param name="Labels">As they were written.</param>
/// <param name="Comment">Empty where there is none.</param>
internal sealed record GorseItem(string ItemId, bool IsHidden, IReadOnlyList<string> Categories, DateTime Timestamp, JsonElement? Labels, string Comment);

/// <summary>Feedback as Gorse's clients write it.</summary>
internal sealed record GorseFeedbackRequest
{
    public string? FeedbackType { get; init; }

    public string? UserId { get; init; }

    public string? ItemId { get; init; }

    public double? Value { get; init; }

    /// <summary>In any format that can be read in one way only; empty: now.</summary>
    public string? Timestamp { get; init; }

    /// <summary>Any JSON.</summary>
    public JsonElement? Labels { get; init; }

    public string? Comment { get; init; }
}

/// <summary>Feedback as Gorse's clients read it.</summary>
/// <param name="FeedbackType">As it was written.</param>
/// <param name="UserId">The shop's id.</param>
/// <param name="ItemId">The shop's id.</param>
/// <param name="Value">0 where nobody said one.</param>
/// <param name="Timestamp">When it happened, UTC.</param>
/// <param name="Updated">When it first arrived, UTC.</param>
/// <param name="Labels">As they were written.</param>
/// <param name="Comment">Empty where there is none.</param>
internal sealed record GorseFeedback(string FeedbackType, string UserId, string ItemId, double Value, DateTime Timestamp, DateTime Updated, JsonElement? Labels, string Comment);

/// <param name="Id">Of an item or of a user.</param>
/// <param name="Score">Comparable within one list.</param>
internal readonly record struct GorseScore(string Id, double Score);

/// <param name="RowAffected">How many records a call wrote.</param>
internal sealed record GorseSuccess(int RowAffected);

/// <param name="Cursor">Of the next page; empty at the end.</param>
/// <param name="Users">One page.</param>
internal sealed record GorseUserIterator(string Cursor, IReadOnlyList<GorseUser> Users);

/// <param name="Cursor">Of the next page; empty at the end.</param>
/// <param name="Items">One page.</param>
internal sealed record GorseItemIterator(string Cursor, IReadOnlyList<GorseItem> Items);

/// <param name="Cursor">Of the next page; empty at the end.</param>
/// <param name="Feedback">One page.</param>
internal sealed record GorseFeedbackIterator(string Cursor, IReadOnlyList<GorseFeedback> Feedback);

/// <param name="Ready">Lists are served, and the database answers.</param>
/// <param name="DataStoreError">Why the database does not answer.</param>
/// <param name="CacheStoreError">There is no cache beside the database, so none.</param>
/// <param name="DataStoreConnected">The database answers.</param>
/// <param name="CacheStoreConnected">Lists are served from memory.</param>
internal sealed record GorseHealth(bool Ready, string? DataStoreError, string? CacheStoreError, bool DataStoreConnected, bool CacheStoreConnected);
