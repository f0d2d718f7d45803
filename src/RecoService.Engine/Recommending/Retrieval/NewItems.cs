using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Training;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>
/// The items that arrived after the recommender was trained, which no model can score: the newest <see cref="MostItems"/> of them, with what the catalogue says
/// of them in the terms of the content model, where there is one. Readers take no lock; writers are serialised by the <see cref="ServingState"/>.
/// </summary>
internal sealed class NewItems
{
    /// <summary>More would make every list slower; the others wait for the next model, and popularity knows them meanwhile.</summary>
    public const int MostItems = 1000;

    private readonly int lastTrainedKey;
    private readonly IContentScorer? content;
    private volatile LaterItem[] newestFirst = [];

    /// <param name="lastTrainedKey">Keys above it arrived after the recommender was trained.</param>
    /// <param name="content">Over the index space of the serving state; null when there is none.</param>
    public NewItems(int lastTrainedKey, IContentScorer? content)
    {
        this.lastTrainedKey = lastTrainedKey;
        this.content = content;
    }

    public bool Any => newestFirst.Length > 0;

    public bool IsNew(int key) => key > lastTrainedKey;

    /// <summary>Takes in a new item, or what became of it; of others nothing, nor of an item that only interactions have named.</summary>
    /// <param name="itemIndex">The item.</param>
    /// <param name="key">Of the store.</param>
    /// <param name="isInCatalogue">It has a record, and was not taken out.</param>
    /// <param name="addedAt">Unix milliseconds; null when that is not known.</param>
    /// <param name="words">What the catalogue says of it; null when that is not known.</param>
    public void Put(int itemIndex, int key, bool isInCatalogue, long? addedAt, ItemContent? words)
    {
        var known = newestFirst;
        if (!IsNew(key) || (!isInCatalogue && !Array.Exists(known, entry => entry.ItemIndex == itemIndex)))
            return;
        List<LaterItem> entries = [.. known];
        entries.RemoveAll(entry => entry.ItemIndex == itemIndex);
        if (isInCatalogue)
        {
            var vector = words is not null && content is not null ? content.VectorOf(words) : new TermVector([], []);
            var position = entries.FindIndex(entry => entry.AddedAt <= (addedAt ?? 0));
            entries.Insert(position < 0 ? entries.Count : position, new LaterItem(itemIndex, addedAt ?? 0, vector));
        }

        newestFirst = [.. entries.Take(MostItems)];
    }

    /// <summary>
    /// Offers those that read like the history by their cosine with it, 0..1. After them come the others, most users first and then the newest, with scores from
    /// 0 down to -1 that say no more than their order.
    /// </summary>
    public void Collect(in UserHistory user, ReadOnlySpan<int> userCounts, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var entries = newestFirst;
        Span<float> likeness = stackalloc float[entries.Length];
        likeness.Clear();
        if (content is not null && user.Items.Length > 0)
            content.ScoreLater(user, entries, likeness);
        // Users in the high half, and how new it is in the low one; sorted, they say the order exactly, whatever the numbers.
        Span<long> others = stackalloc long[entries.Length];
        var count = 0;
        for (var position = 0; position < entries.Length; position++)
        {
            var itemIndex = entries[position].ItemIndex;
            if (likeness[position] <= 0)
                others[count++] = ((long)-userCounts[itemIndex] << 32) + position;
            else if (!Bits.IsSet(blocked, itemIndex))
                best.Offer(itemIndex, likeness[position]);
        }

        // Blocked ones keep their place in the order, so that an item's score does not depend on what else is blocked.
        others = others[..count];
        others.Sort();
        for (var rank = 0; rank < others.Length; rank++)
        {
            var itemIndex = entries[(int)(others[rank] & 0xFFFF_FFFF)].ItemIndex;
            if (!Bits.IsSet(blocked, itemIndex))
                best.Offer(itemIndex, -(float)rank / MostItems);
        }
    }

    /// <summary>Offers the items of the content model that read like a new one; nothing when it is not among the newest, or says nothing that is known.</summary>
    public void RetrieveSimilarItems(int itemIndex, ReadOnlySpan<ulong> blocked, TopK best)
    {
        foreach (var entry in newestFirst)
        {
            if (entry.ItemIndex == itemIndex)
                content?.RetrieveSimilarItems(entry.Vector, blocked, best);
        }
    }
}
