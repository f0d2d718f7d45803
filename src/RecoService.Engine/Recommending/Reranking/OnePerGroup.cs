using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>Lets one item of each group into a list: the best variant of an article stands for all.</summary>
internal sealed class OnePerGroup(LiveCatalogue catalogue) : IListRule
{
    private readonly HashSet<int> groups = [];

    public void Begin(int limit) => Clear();

    public void Clear() => groups.Clear();

    public bool Admits(int itemIndex) => catalogue.Columns.GroupId[itemIndex] is var group && (group < 0 || !groups.Contains(group));

    public void Place(int itemIndex)
    {
        if (catalogue.Columns.GroupId[itemIndex] is >= 0 and var group)
            groups.Add(group);
    }
}
