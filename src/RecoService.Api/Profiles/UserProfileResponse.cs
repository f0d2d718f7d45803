using RecoService.Engine.Data;
using RecoService.Engine.Recommending.Profiles;

namespace RecoService.Api.Profiles;

/// <param name="UserId">As asked.</param>
/// <param name="ModelVersion">The version that is served, or null before the first model.</param>
/// <param name="LastSeenAt">The last interaction; null of a user who did nothing.</param>
/// <param name="Items">How many distinct items the user acted on.</param>
/// <param name="ConsumedItems">How many items the user has consumed.</param>
/// <param name="Activity">Null where the service keeps no single interactions, because no placement and no model needs them.</param>
/// <param name="Kinds">What the user did, by kind; empty where `activity` is null.</param>
/// <param name="Categories">The categories, those above them included, largest share first.</param>
/// <param name="Attributes">The values of each attribute of `Reco:Profiles:Attributes`, in its order.</param>
/// <param name="PriceBand">What the user tends to pay; null with fewer than three priced items.</param>
/// <param name="Segments">Those that the user likely belongs to.</param>
/// <param name="SimilarUsers">The ids of the users most alike, most alike first; null unless the key is an admin's.</param>
internal sealed record UserProfileResponse(
    string UserId, int? ModelVersion, DateTimeOffset? LastSeenAt, int Items, int ConsumedItems, ActivityResponse? Activity, IReadOnlyList<KindActivityResponse> Kinds, IReadOnlyList<ValueShareResponse> Categories,
    IReadOnlyList<AttributeSharesResponse> Attributes, PriceBandResponse? PriceBand, IReadOnlyList<SegmentResponse> Segments, IReadOnlyList<string>? SimilarUsers)
{
    public static UserProfileResponse Of(string userId, int? modelVersion, UserProfile profile, InteractionKinds kinds, IReadOnlyList<string>? similarUsers) => new(
        userId, modelVersion, ProfileTimes.At(profile.LastSeen), profile.Items, profile.ConsumedItems,
        profile.Activity is { } activity ? new ActivityResponse(activity.Events, activity.LastWeek, activity.LastMonth, activity.LastQuarter, activity.Days, ProfileTimes.At(activity.FirstSeen), activity.IsComplete) : null,
        [.. profile.Kinds.Select(kind => new KindActivityResponse(kinds[kind.KindIndex].Name, kind.Count, ProfileTimes.At(kind.Last)))],
        ValueShareResponse.Of(profile.Categories),
        [.. profile.Attributes.Select(attribute => new AttributeSharesResponse(attribute.Name, ValueShareResponse.Of(attribute.Values)))],
        profile.Prices is { } prices ? new PriceBandResponse(prices.Currency, prices.Low, prices.Median, prices.High, prices.Items, prices.CatalogueShare) : null,
        [.. profile.Segments.Select(segment => new SegmentResponse(segment.Name, segment.Evidence))],
        similarUsers);
}

/// <param name="Events">Interactions that count; at most `Recommendations:LiveHistoryLimit`, the newest.</param>
/// <param name="Last7Days">How many of them.</param>
/// <param name="Last30Days">How many of them.</param>
/// <param name="Last90Days">How many of them.</param>
/// <param name="Days">On how many days (UTC) there was one.</param>
/// <param name="FirstSeenAt">The first of them.</param>
/// <param name="Complete">False where older ones may be missing.</param>
internal sealed record ActivityResponse(int Events, int Last7Days, int Last30Days, int Last90Days, int Days, DateTimeOffset? FirstSeenAt, bool Complete);

/// <param name="Kind">Its name.</param>
/// <param name="Count">How often.</param>
/// <param name="LastAt">The last time.</param>
internal sealed record KindActivityResponse(string Kind, int Count, DateTimeOffset LastAt);

/// <param name="Value">A category, as a path where it is one, or a value of the attribute.</param>
/// <param name="Share">Its part of the weight of all interactions with items that have a value, above 0 up to 1. An item with several values counts for each.</param>
/// <param name="LastAt">The last interaction with an item of it.</param>
internal sealed record ValueShareResponse(string Value, double Share, DateTimeOffset LastAt)
{
    public static IReadOnlyList<ValueShareResponse> Of(IReadOnlyList<ValueShare> shares) =>
        [.. shares.Select(share => new ValueShareResponse(share.Value, Math.Round(share.Share, 4), ProfileTimes.At(share.Last)))];
}

/// <param name="Name">The attribute.</param>
/// <param name="Values">Largest share first.</param>
internal sealed record AttributeSharesResponse(string Name, IReadOnlyList<ValueShareResponse> Values);

/// <param name="Currency">That of the most weight; null for items without one.</param>
/// <param name="Low">A tenth of the weight of the user's interactions is with items that cost no more.</param>
/// <param name="Median">Half of it.</param>
/// <param name="High">Nine tenths of it.</param>
/// <param name="Items">How many priced items say so.</param>
/// <param name="CatalogueShare">The part of the catalogue's items in this currency that cost no more than the median, 0 to 1.</param>
internal sealed record PriceBandResponse(string? Currency, double Low, double Median, double High, int Items, double CatalogueShare);

/// <param name="Name">`new`, `active`, `lapsing`, `dormant`, `loyal`, `bargain-hunter` or `big-spender`.</param>
/// <param name="Evidence">The figures that the rule looked at, by name.</param>
internal sealed record SegmentResponse(string Name, IReadOnlyDictionary<string, double> Evidence);

/// <summary>Times of a profile as the wire has them.</summary>
internal static class ProfileTimes
{
    public static DateTimeOffset At(long time) => DateTimeOffset.FromUnixTimeMilliseconds(time);

    public static DateTimeOffset? At(long? time) => time is { } known ? At(known) : null;
}
