using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Evaluation.Audit;

/// <summary>Looks at the lists of a model for the users who judge it.</summary>
public static class ModelAuditor
{
    private const int UsersPerBlock = 64;
    private const double MillisecondsPerDay = 24 * 60 * 60 * 1000.0;

    /// <param name="model">Has not seen the relevant items.</param>
    /// <param name="train">What is known of users and items, with their content where there is some.</param>
    /// <param name="relevant">|U| x |I|, over the key maps of <paramref name="train"/>: what users wanted later.</param>
    /// <param name="users">Users with relevant items, ascending.</param>
    /// <param name="options">Length of the lists and bounds of groups.</param>
    /// <param name="context">Threads, and when to stop.</param>
    public static ModelAudit Audit(IScorer model, InteractionDataset train, SparseMatrix relevant, ReadOnlySpan<int> users, AuditOptions options, TrainingContext context)
    {
        var chosen = Chosen(users, options.MostUsers);
        var lists = ListsOf(model.Over(train), train, chosen, options, context);
        var exposure = ExposureOf(lists, train.Items.Count);
        var demand = DemandOf(train);
        var (categories, providers) = (ItemGroups.OfCategories(train), ItemGroups.OfAttribute(train, options.ProviderAttribute));
        var listed = exposure.Count(amount => amount > 0);
        var traits = Array.ConvertAll(Enumerable.Range(0, chosen.Length).ToArray(), place => TraitsOf(train, categories, chosen[place], lists[place], relevant.RowColumns(chosen[place]), options.K));
        var groups = UserGroups.Of(train, chosen, options).Select(group => Of(group.Attribute, group.Group, Array.ConvertAll(group.Places, place => traits[place]))).ToList();
        return new ModelAudit(
            options.K, chosen.Length, new ItemExposure(Spread.Gini(exposure), Spread.TopShare(exposure), exposure.Length == 0 ? 0 : (double)listed / exposure.Length),
            categories.Exposures(demand, exposure, options.MostGroups), providers.Exposures(demand, exposure, options.MostGroups), providers.Gini(exposure),
            NewItemsOf(train, demand, exposure, options.NewItemDays), MeanOf(traits, user => user.Divergence), groups,
            groups.GroupBy(group => group.Attribute, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Max(one => one.Recall) - group.Min(one => one.Recall), StringComparer.Ordinal));
    }

    private static int[] Chosen(ReadOnlySpan<int> users, int most)
    {
        if (users.Length <= most)
            return users.ToArray();
        var chosen = new int[most];
        for (var place = 0; place < most; place++)
            chosen[place] = users[(int)((long)place * users.Length / most)];
        return chosen;
    }

    private static int[][] ListsOf(IScorer model, InteractionDataset train, int[] users, AuditOptions options, TrainingContext context)
    {
        var lists = new int[users.Length][];
        context.ForEachBlock((users.Length + UsersPerBlock - 1) / UsersPerBlock, block =>
        {
            var ranker = new UserRanker(model, train, options.K, new RankingOptions(options.K) { Repeats = options.Repeats, Now = options.Now });
            for (var place = block * UsersPerBlock; place < Math.Min((block + 1) * UsersPerBlock, users.Length); place++)
            {
                ranker.Rank(users[place]);
                lists[place] = ranker.Top(options.K).ToArray();
            }
        });
        return lists;
    }

    private static double[] ExposureOf(int[][] lists, int itemCount)
    {
        var exposure = new double[itemCount];
        foreach (var list in lists)
        {
            for (var position = 0; position < list.Length; position++)
                exposure[list[position]] += 1 / Math.Log2(position + 2);
        }

        return exposure;
    }

    /// <summary>How many users were for each item.</summary>
    private static double[] DemandOf(InteractionDataset train)
    {
        var demand = new double[train.Items.Count];
        for (var item = 0; item < demand.Length; item++)
        {
            foreach (var weight in train.ItemUsers.RowValues(item))
                demand[item] += weight > 0 ? 1 : 0;
        }

        return demand;
    }

    private static NewItemExposure? NewItemsOf(InteractionDataset train, double[] demand, double[] exposure, int days)
    {
        if (train.LatestTime is not { } latest)
            return null;
        var first = new long[train.Items.Count];
        Array.Fill(first, long.MaxValue);
        for (var user = 0; user < train.Users.Count; user++)
        {
            var items = train.UserItemIndexes(user);
            var times = train.UserTimes(user);
            for (var position = 0; position < items.Length; position++)
                first[items[position]] = Math.Min(first[items[position]], times[position]);
        }

        var known = first.Count(time => time != long.MaxValue);
        int[] fresh = [.. Enumerable.Range(0, first.Length).Where(item => first[item] != long.MaxValue && first[item] > latest - (days * MillisecondsPerDay))];
        // Where all items are new, the shop is.
        if (fresh.Length == known)
            return null;
        return new NewItemExposure(
            days, fresh.Length, (double)fresh.Length / known, Share(fresh.Sum(item => demand[item]), demand.Sum()), Share(fresh.Sum(item => exposure[item]), exposure.Sum()),
            Share(fresh.Count(item => exposure[item] > 0), fresh.Length));
    }

    private static UserTraits TraitsOf(InteractionDataset train, ItemGroups categories, int user, int[] list, ReadOnlySpan<int> relevant, int k)
    {
        var metrics = UserMetrics.Of(list, relevant, k, new RankingOptions(k).IdealDcg);
        var (ofHistory, ofList) = (new double[categories.Names.Count], new double[categories.Names.Count]);
        var items = train.UserItems.RowColumns(user);
        var weights = train.UserItems.RowValues(user);
        var (popularity, count) = (0.0, 0);
        for (var position = 0; position < items.Length; position++)
        {
            if (weights[position] <= 0)
                continue;
            popularity += PopularityOf(train, items[position]);
            count++;
            categories.Add(items[position], 1, ofHistory);
        }

        foreach (var item in list)
            categories.Add(item, 1, ofList);
        return new UserTraits(
            metrics.ValueOf(RankingMetric.Ndcg), metrics.ValueOf(RankingMetric.Recall), count == 0 ? double.NaN : popularity / count, list.Length == 0 ? double.NaN : list.Average(item => PopularityOf(train, item)),
            Calibration.Divergence(ofHistory, ofList));
    }

    private static double PopularityOf(InteractionDataset train, int item) => (double)train.ItemUsers.RowLength(item) / train.Users.Count;

    private static UserGroupAudit Of(string attribute, string name, UserTraits[] users)
    {
        var ndcg = PairedComparison.Of(Array.ConvertAll(users, user => user.Ndcg));
        var both = Array.FindAll(users, user => double.IsFinite(user.HistoryPopularity) && double.IsFinite(user.ListPopularity));
        var (history, list) = (both.Sum(user => user.HistoryPopularity), both.Sum(user => user.ListPopularity));
        return new UserGroupAudit(
            attribute, name, users.Length, ndcg.Mean, ndcg.Interval.Low, ndcg.Interval.High, users.Average(user => user.Recall), history > 0 ? (list - history) / history : null, MeanOf(users, user => user.Divergence));
    }

    private static double? MeanOf(UserTraits[] users, Func<UserTraits, double> of)
    {
        double[] values = [.. users.Select(of).Where(double.IsFinite)];
        return values.Length == 0 ? null : values.Average();
    }

    private static double Share(double part, double whole) => whole > 0 ? part / whole : 0;

    /// <param name="Ndcg">Of the user's list.</param>
    /// <param name="Recall">Of the user's list.</param>
    /// <param name="HistoryPopularity">Mean share of the users that have an item of the history; NaN without history.</param>
    /// <param name="ListPopularity">The same of the list.</param>
    /// <param name="Divergence">Of the list's categories from the history's; NaN where none are known.</param>
    private readonly record struct UserTraits(double Ndcg, double Recall, double HistoryPopularity, double ListPopularity, double Divergence);
}
