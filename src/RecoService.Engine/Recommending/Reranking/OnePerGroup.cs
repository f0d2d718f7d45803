using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>Lets one item of each group into a list: the best variant of an article stands for all.</summary>
internal sealed class OnePerGroup(LiveCatalogue catalogue)
{
    private readonly HashSet<int> groups = [];

    /// <summary>Starts a list.</summary>
    public void Begin() => groups.Clear();

    /// <summary>Whether the item may be the next of the list; it is then taken to be in it.</summary>
    public bool Admits(int itemIndex) => catalogue.Columns.GroupId[itemIndex] is var group && (group < 0 || groups.Add(group));
}
