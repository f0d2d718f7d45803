using RecoService.Engine.Models;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>Items are as alike as the categories that they share: |A and B| / |A or B|, 0..1 (Jaccard, 1901). An item without categories is unknown.</summary>
internal sealed class CategoryLikeness(LiveCatalogue catalogue) : IItemLikeness
{
    public void LikenessOf(int itemIndex, ReadOnlySpan<int> others, Span<float> likeness)
    {
        var column = catalogue.Columns.Categories;
        var own = column is null ? default : column[itemIndex];
        for (var position = 0; position < others.Length; position++)
            likeness[position] = own.IsEmpty ? float.NaN : Jaccard(own, column![others[position]]);
    }

    private static float Jaccard(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        if (right.IsEmpty)
            return float.NaN;
        var shared = 0;
        foreach (var code in left)
            shared += right.Contains(code) ? 1 : 0;
        return shared / (float)(left.Length + right.Length - shared);
    }
}
