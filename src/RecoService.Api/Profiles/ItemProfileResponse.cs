using RecoService.Api.Recommendations;
using RecoService.Engine.Data;
using RecoService.Engine.Recommending.Profiles;

namespace RecoService.Api.Profiles;

/// <param name="ItemId">As asked.</param>
/// <param name="ModelVersion">The version that is served, or null before the first model.</param>
/// <param name="Available">Nothing in its record speaks against showing it.</param>
/// <param name="GroupId">Variants of one article share it; null where there are none.</param>
/// <param name="Price">What it costs; null without a price above 0.</param>
/// <param name="Audience">Who did what with it.</param>
/// <param name="Trend">How it does against its own past.</param>
/// <param name="Conversion">From view to purchase; null where nobody viewed it, or views are not recorded.</param>
/// <param name="Repurchase">When users buy it again; null where nobody has.</param>
/// <param name="Similar">What the placement `similar` lists beside it, with the source.</param>
/// <param name="BoughtTogether">What the placement `bought-together` lists beside it.</param>
internal sealed record ItemProfileResponse(
    string ItemId, int? ModelVersion, bool Available, string? GroupId, ItemPriceResponse? Price, AudienceResponse Audience, TrendResponse Trend, ConversionResponse? Conversion, RepurchaseResponse? Repurchase,
    IReadOnlyList<RecommendedItem> Similar, IReadOnlyList<RecommendedItem> BoughtTogether)
{
    public static ItemProfileResponse Of(
        string itemId, int? modelVersion, ItemProfile profile, InteractionKinds kinds, IReadOnlyList<RecommendedItem> similar, IReadOnlyList<RecommendedItem> boughtTogether) => new(
        itemId, modelVersion, profile.IsAvailable, profile.GroupId,
        profile.Price is { } price ? new ItemPriceResponse(price.Price, price.SalePrice, price.Currency, price.Category, price.CategoryItems, price.CategoryShare) : null,
        new AudienceResponse(
            profile.Users, profile.Supporters, profile.Buyers, profile.ReturningBuyers, [.. profile.Kinds.Select(kind => new KindAudienceResponse(kinds[kind.KindIndex].Name, kind.Users, kind.Events))]),
        new TrendResponse(profile.Trend.Growth, profile.Trend.Users, profile.Trend.ExpectedUsers),
        profile.Conversion is { } conversion ? new ConversionResponse(conversion.Of, conversion.Count, conversion.Share, conversion.Low, conversion.High) : null,
        profile.Repurchase is { } repurchase ? new RepurchaseResponse(repurchase.Share, repurchase.IntervalDays) : null,
        similar, boughtTogether);
}

/// <param name="Price">Without a sale.</param>
/// <param name="SalePrice">Null where it is not on sale.</param>
/// <param name="Currency">Null where the record has none.</param>
/// <param name="Category">The first of its categories; null without one.</param>
/// <param name="CategoryItems">Items of this category, or below it, with a price in the same currency, this one included; null without a category.</param>
/// <param name="CategoryShare">The part of them that cost no more, itself included: 1 for the dearest.</param>
internal sealed record ItemPriceResponse(double Price, double? SalePrice, string? Currency, string? Category, int? CategoryItems, double? CategoryShare);

/// <param name="Users">Users who did anything with it that counts.</param>
/// <param name="Supporters">Users whose interactions with it speak for it, by their weights.</param>
/// <param name="Buyers">Users who bought it: did what is of the largest weight.</param>
/// <param name="ReturningBuyers">Users who bought it on two days or more (UTC).</param>
/// <param name="Kinds">By kind.</param>
internal sealed record AudienceResponse(int Users, int Supporters, int Buyers, int ReturningBuyers, IReadOnlyList<KindAudienceResponse> Kinds);

/// <param name="Kind">Its name.</param>
/// <param name="Users">How many users.</param>
/// <param name="Events">How often; of ratings the last of each user.</param>
internal sealed record KindAudienceResponse(string Kind, int Users, int Events);

/// <param name="Growth">(`users` + 3) / (`expectedUsers` + 3): above 1 it grows faster than the shop as a whole, below 1 more slowly.</param>
/// <param name="Users">Users who came of late, each counting half after three days.</param>
/// <param name="ExpectedUsers">As many as would have come, had the item kept its share of the shop's demand.</param>
internal sealed record TrendResponse(float Growth, float Users, float ExpectedUsers);

/// <param name="Viewers">Users who viewed it.</param>
/// <param name="Buyers">Those of them who bought it then or later.</param>
/// <param name="Rate">`buyers` / `viewers`, 0 to 1.</param>
/// <param name="Low">The lower end of the 95% interval of Wilson.</param>
/// <param name="High">The upper end.</param>
internal sealed record ConversionResponse(int Viewers, int Buyers, double Rate, double Low, double High);

/// <param name="Share">How likely a buyer buys it again at all, 0 to 1; drawn towards the shop's own where few buyers say it.</param>
/// <param name="IntervalDays">Days between two purchases, likewise.</param>
internal sealed record RepurchaseResponse(double Share, double IntervalDays);
