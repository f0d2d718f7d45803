using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Training;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>
/// The items that the recommender had no interactions of: those that arrived after its training, and those that it places although nobody has touched them. The newest
/// <see cref="MostItems"/> of them, with what the catalogue says of them in the terms of the content model, and where the recommender places them, as far as either can.
/// Readers take no lock; writers are serialised by the <see cref="ServingState"/>.
/// </summary>
internal sealed class NewItems
{
    /// <summary>More would make every list slower; the others wait for the next model, and popularity knows them meanwhile.</summary>
    public const int MostItems = 1000;

    /// <summary>The source of what arrived after the training.</summary>
    public const string NewName = "new";

    /// <summary>The source of what the recommender was trained with, and nobody had touched.</summary>
    public const string UntouchedName = "cold-start";

    /// <summary>How much the place counts beside the likeness; chosen on validation parts of MovieLens 100K, Online Retail and Amazon Beauty.</summary>
    private const float PlaceWeight = 0.7f;

    private readonly int lastTrainedKey;
    private readonly IContentScorer? content;
    private readonly IColdScorer? cold;
    private volatile LaterItem[] newestFirst = [];

    /// <param name="lastTrainedKey">Keys above it arrived after the recommender was trained.</param>
    /// <param name="content">Over the index space of the serving state; null when there is none.</param>
    /// <param name="cold">The recommender or a part of it, over the index space of the serving state; null when it places nothing.</param>
    public NewItems(int lastTrainedKey, IContentScorer? content, IColdScorer? cold = null)
    {
        this.lastTrainedKey = lastTrainedKey;
        this.content = content;
        this.cold = cold;
    }

    public bool Any => newestFirst.Length > 0;

    /// <summary>Whether an item arrived after the training.</summary>
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
        if (!IsWanted(key) || (!isInCatalogue && !Array.Exists(known, entry => entry.ItemIndex == itemIndex)))
            return;
        List<LaterItem> entries = [.. known];
        entries.RemoveAll(entry => entry.ItemIndex == itemIndex);
        if (isInCatalogue)
        {
            var position = entries.FindIndex(entry => entry.AddedAt <= (addedAt ?? 0));
            entries.Insert(position < 0 ? entries.Count : position, EntryOf(itemIndex, key, addedAt ?? 0, words));
        }

        newestFirst = [.. entries.Take(MostItems)];
    }

    /// <summary>Takes in the items of a state that is being built, as one <see cref="Put"/> after the other does.</summary>
    /// <param name="items">Those of the catalogue, as of <see cref="Put"/>.</param>
    public void Begin(IEnumerable<(int ItemIndex, int Key, long AddedAt, ItemContent? Words)> items) => newestFirst =
    [
        .. items.Where(item => IsWanted(item.Key)).OrderByDescending(item => item.AddedAt).ThenByDescending(item => item.ItemIndex).Take(MostItems)
            .Select(item => EntryOf(item.ItemIndex, item.Key, item.AddedAt, item.Words)),
    ];

    /// <summary>The word that names the source of one of the items.</summary>
    public string SourceOf(int itemIndex)
    {
        foreach (var entry in newestFirst)
        {
            if (entry.ItemIndex == itemIndex)
                return entry.IsTrained ? UntouchedName : NewName;
        }

        return NewName;
    }

    private bool IsWanted(int key) => IsNew(key) || cold?.HasRowOf(key) == true;

    private LaterItem EntryOf(int itemIndex, int key, long addedAt, ItemContent? words)
    {
        var nothing = new TermVector([], []);
        return IsNew(key)
            ? new LaterItem(itemIndex, addedAt, words is null ? nothing : content?.VectorOf(words) ?? nothing, words is null ? null : cold?.RowOf(words))
            : new LaterItem(itemIndex, addedAt, content?.VectorOf(itemIndex) ?? nothing, cold?.RowOf(key)) { IsTrained = true };
    }

    /// <summary>
    /// Offers those that suit the history, with scores above 0 up to 1. After them come the others that arrived after the training, most users first and then the
    /// newest, with scores from 0 down to -1 that say no more than their order.
    /// </summary>
    public void Collect(in UserHistory user, ReadOnlySpan<int> userCounts, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var entries = newestFirst;
        Span<float> likeness = stackalloc float[entries.Length];
        FillLikeness(user, entries, likeness);
        // Users in the high half, and how new it is in the low one; sorted, they say the order exactly, whatever the numbers.
        Span<long> others = stackalloc long[entries.Length];
        var count = 0;
        for (var position = 0; position < entries.Length; position++)
        {
            var itemIndex = entries[position].ItemIndex;
            if (likeness[position] <= 0 && !entries[position].IsTrained)
                others[count++] = ((long)-userCounts[itemIndex] << 32) + position;
            else if (likeness[position] > 0 && !Bits.IsSet(blocked, itemIndex))
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

    /// <summary>
    /// How much each suits the history, 0..1: a mean of its cosine with what the history reads like, where the best has 1, and of its score by the recommender, where the
    /// best has 1 and the worst 0. By one of the two where the other says nothing.
    /// </summary>
    private void FillLikeness(in UserHistory user, LaterItem[] entries, Span<float> likeness)
    {
        likeness.Clear();
        if (user.Items.Length == 0 || entries.Length == 0)
            return;
        content?.ScoreLater(user, entries, likeness);
        Span<float> scores = stackalloc float[entries.Length];
        if (cold is null || !cold.TryScoreLater(user.Within(cold.Users.Count, cold.Items.Count), entries, scores))
            return;
        var (most, lowest, highest) = (0f, float.PositiveInfinity, float.NegativeInfinity);
        for (var position = 0; position < entries.Length; position++)
        {
            most = Math.Max(most, likeness[position]);
            if (!float.IsNaN(scores[position]))
                (lowest, highest) = (Math.Min(lowest, scores[position]), Math.Max(highest, scores[position]));
        }

        for (var position = 0; position < entries.Length; position++)
        {
            var read = most > 0 ? Math.Max(0, likeness[position]) / most : 0;
            var placed = float.IsNaN(scores[position]) ? 0 : highest > lowest ? (scores[position] - lowest) / (highest - lowest) : 1;
            likeness[position] = content is null ? placed : ((1 - PlaceWeight) * read) + (PlaceWeight * placed);
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
