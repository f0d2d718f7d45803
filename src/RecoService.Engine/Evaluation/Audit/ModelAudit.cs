namespace RecoService.Engine.Evaluation.Audit;

/// <summary>
/// Whom and what the lists of a model serve: how exposure is spread over items, categories and providers, how much the lists flatter popularity, how well they keep the proportions of each user's
/// history, and how well they do for groups of users.
/// </summary>
/// <param name="K">Length of the lists.</param>
/// <param name="Users">Whose lists were looked at.</param>
/// <param name="Items">How exposure is spread over the items of the dataset.</param>
/// <param name="Categories">Of the top categories of the catalogue, the most exposed first; an item of several counts for each in equal parts.</param>
/// <param name="Providers">Of the values of the attribute that names who provides an item, the most exposed first.</param>
/// <param name="ProviderGini">How unevenly exposure is spread over providers, 0 to 1; null where none is known.</param>
/// <param name="NewItems">Of items that came of late; null where no time is known.</param>
/// <param name="Miscalibration">The mean over users of the divergence between the categories of their history and of their list, nats; null where no category is known.</param>
/// <param name="UserGroups">By activity, and by each attribute that tells users apart.</param>
/// <param name="OpportunityDifferences">By attribute: the largest difference in recall between two of its groups, 0 to 1.</param>
public sealed record ModelAudit(
    int K, int Users, ItemExposure Items, IReadOnlyList<GroupExposure> Categories, IReadOnlyList<GroupExposure> Providers, double? ProviderGini, NewItemExposure? NewItems, double? Miscalibration,
    IReadOnlyList<UserGroupAudit> UserGroups, IReadOnlyDictionary<string, double> OpportunityDifferences);

/// <summary>How exposure is spread over items. The exposure of a place is 1 / log2(place + 1) (Singh, Joachims, "Fairness of Exposure in Rankings", KDD 2018).</summary>
/// <param name="Gini">Gini coefficient: 0 when all items have as much, (n - 1) / n when one of n has it all.</param>
/// <param name="TopShare">The share of the 1% of the items with the most, rounded up to whole items; 0 to 1.</param>
/// <param name="Coverage">Share of the items that stand in at least one list.</param>
public sealed record ItemExposure(double Gini, double TopShare, double Coverage);

/// <summary>A group of items. Shares are 0 to 1, of those items that belong to a group at all.</summary>
/// <param name="Group">Its name.</param>
/// <param name="Items">How many items it has.</param>
/// <param name="CatalogueShare">Of the items.</param>
/// <param name="DemandShare">Of what users were for.</param>
/// <param name="ExposureShare">Of the exposure in lists.</param>
public sealed record GroupExposure(string Group, int Items, double CatalogueShare, double DemandShare, double ExposureShare)
{
    /// <summary>Exposure per demand: 1 when lists show the group as much as users want it; null where nobody wants it.</summary>
    public double? ExposureOverDemand => DemandShare > 0 ? ExposureShare / DemandShare : null;
}

/// <summary>Items whose first interaction lies in the last days of the train part.</summary>
/// <param name="Days">How many days.</param>
/// <param name="Items">How many there are.</param>
/// <param name="CatalogueShare">Of the items that anybody has acted on, 0 to 1.</param>
/// <param name="DemandShare">Of what users were for.</param>
/// <param name="ExposureShare">Of the exposure in lists.</param>
/// <param name="Coverage">Share of them that stand in at least one list.</param>
public sealed record NewItemExposure(int Days, int Items, double CatalogueShare, double DemandShare, double ExposureShare, double Coverage);

/// <summary>A group of users.</summary>
/// <param name="Attribute">What tells the groups apart: <c>activity</c>, or the name of an attribute.</param>
/// <param name="Group">Which of them.</param>
/// <param name="Users">How many were looked at.</param>
/// <param name="Ndcg">Mean normalized discounted cumulative gain, 0 to 1.</param>
/// <param name="NdcgLow">Lower end of its 95% interval.</param>
/// <param name="NdcgHigh">Upper end of its 95% interval.</param>
/// <param name="Recall">Mean share of the relevant items that the lists hold.</param>
/// <param name="PopularityLift">
/// (popularity of lists - popularity of histories) / popularity of histories, each the mean over the group's users of the mean share of all users that have the item: above 0, lists are more popular than what the group
/// likes (Abdollahpouri, Mansoury, Burke, Mobasher, "The Unfairness of Popularity Bias in Recommendation", RMSE 2019). Null where nobody has a list.
/// </param>
/// <param name="Miscalibration">As of all users; null where no category is known.</param>
public sealed record UserGroupAudit(string Attribute, string Group, int Users, double Ndcg, double NdcgLow, double NdcgHigh, double Recall, double? PopularityLift, double? Miscalibration);

/// <param name="K">Length of the lists.</param>
public sealed record AuditOptions(int K)
{
    /// <summary>What holds for items that users had before.</summary>
    public RepeatRule Repeats { get; init; } = RepeatRule.AsServed;

    /// <summary>When lists are given, in Unix milliseconds; null: with the newest interaction of the train part.</summary>
    public long? Now { get; init; }

    /// <summary>The attribute of items that names who provides them.</summary>
    public string ProviderAttribute { get; init; } = "brand";

    /// <summary>The most users whose lists are looked at, taken evenly from those that are judged.</summary>
    public int MostUsers { get; init; } = 5_000;

    /// <summary>The most groups of items, and the most values of an attribute of users, that are told apart.</summary>
    public int MostGroups { get; init; } = 20;

    /// <summary>A group of fewer users is not told apart.</summary>
    public int MinGroupUsers { get; init; } = 20;

    /// <summary>An item is new for so many days.</summary>
    public int NewItemDays { get; init; } = 30;
}
