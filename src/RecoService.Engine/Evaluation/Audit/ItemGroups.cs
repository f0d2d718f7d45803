using RecoService.Engine.Data;

namespace RecoService.Engine.Evaluation.Audit;

/// <summary>Items by what they belong to; an item may belong to several groups, and counts for each in equal parts.</summary>
internal sealed class ItemGroups
{
    private readonly int[][] groupsOf;

    private ItemGroups(int[][] groupsOf, string[] names)
    {
        this.groupsOf = groupsOf;
        Names = names;
    }

    public IReadOnlyList<string> Names { get; }

    /// <summary>By the top of their categories: of <c>Home > Kitchen</c>, that is <c>Home</c>.</summary>
    public static ItemGroups OfCategories(InteractionDataset data) =>
        Of(data, static content => content.Categories.Select(category => category.Split('>', 2)[0].Trim()).Where(name => name.Length > 0));

    /// <summary>By the values of an attribute.</summary>
    public static ItemGroups OfAttribute(InteractionDataset data, string attribute)
    {
        var prefix = attribute + "=";
        return Of(data, content => content.Attributes.Where(term => term.StartsWith(prefix, StringComparison.Ordinal)).Select(term => term[prefix.Length..]));
    }

    /// <summary>The groups of an item.</summary>
    public ReadOnlySpan<int> this[int item] => groupsOf[item];

    /// <summary>Adds a weight to the groups of an item, in equal parts.</summary>
    public void Add(int item, double weight, Span<double> totals)
    {
        foreach (var group in groupsOf[item])
            totals[group] += weight / groupsOf[item].Length;
    }

    /// <param name="demand">What users were for, by item.</param>
    /// <param name="exposure">By item.</param>
    /// <param name="most">The most groups told, the most exposed first.</param>
    public IReadOnlyList<GroupExposure> Exposures(ReadOnlySpan<double> demand, ReadOnlySpan<double> exposure, int most)
    {
        var (items, catalogue, wanted, shown) = (new int[Names.Count], new double[Names.Count], new double[Names.Count], new double[Names.Count]);
        for (var item = 0; item < groupsOf.Length; item++)
        {
            foreach (var group in groupsOf[item])
                items[group]++;
            Add(item, 1, catalogue);
            Add(item, demand[item], wanted);
            Add(item, exposure[item], shown);
        }

        var (all, allWanted, allShown) = (catalogue.Sum(), wanted.Sum(), shown.Sum());
        return [.. Enumerable.Range(0, Names.Count)
            .Select(group => new GroupExposure(Names[group], items[group], Share(catalogue[group], all), Share(wanted[group], allWanted), Share(shown[group], allShown)))
            .OrderByDescending(group => group.ExposureShare).ThenByDescending(group => group.DemandShare).ThenBy(group => group.Group, StringComparer.Ordinal).Take(most)];
    }

    /// <summary>How unevenly exposure is spread over the groups; null without groups.</summary>
    public double? Gini(ReadOnlySpan<double> exposure)
    {
        if (Names.Count == 0)
            return null;
        var shown = new double[Names.Count];
        for (var item = 0; item < groupsOf.Length; item++)
            Add(item, exposure[item], shown);
        return Spread.Gini(shown);
    }

    private static ItemGroups Of(InteractionDataset data, Func<ItemContent, IEnumerable<string>> namesOf)
    {
        var indexes = new Dictionary<string, int>(StringComparer.Ordinal);
        var found = new int[data.Items.Count][];
        for (var item = 0; item < found.Length; item++)
            found[item] = data.ContentOf(item) is { } content ? [.. namesOf(content).Distinct(StringComparer.Ordinal).Select(IndexOf)] : [];
        return new ItemGroups(found, [.. indexes.OrderBy(pair => pair.Value).Select(pair => pair.Key)]);

        int IndexOf(string name)
        {
            if (!indexes.TryGetValue(name, out var index))
                indexes.Add(name, index = indexes.Count);
            return index;
        }
    }

    private static double Share(double part, double whole) => whole > 0 ? part / whole : 0;
}
