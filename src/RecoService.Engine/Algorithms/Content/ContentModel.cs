using System.Buffers;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Content;

/// <summary>
/// Items as unit vectors over terms. score(u, j) = cosine of v_j and the sum over the items i of the history of a(i) v_i, -1..1; NaN where they have
/// no term in common.
/// </summary>
public sealed class ContentModel : IContentScorer, IFullScorer, IItemLikeness, IExplainableScorer, IStored
{
    private readonly SparseMatrix itemTerms;
    private readonly SparseMatrix termItems;
    private readonly HistoryWeighting history;
    private readonly ContentVocabulary vocabulary;

    /// <param name="users">|U| keys.</param>
    /// <param name="items">|I| keys.</param>
    /// <param name="itemTerms">|I| x terms, each row of length 1 or empty.</param>
    /// <param name="history">How much each item of a history counts.</param>
    /// <param name="vocabulary">Reads items that arrive later.</param>
    internal ContentModel(KeyMap users, KeyMap items, SparseMatrix itemTerms, HistoryWeighting history, ContentVocabulary vocabulary)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(itemTerms.RowCount, items.Count);
        Users = users;
        Items = items;
        this.itemTerms = itemTerms;
        this.history = history;
        this.vocabulary = vocabulary;
        termItems = itemTerms.Transpose();
    }

    /// <summary>How these models are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<ContentModel>("content", 1, Read);

    public KeyMap Users { get; }

    public KeyMap Items { get; }

    /// <summary>|I| x terms.</summary>
    public SparseMatrix ItemTerms => itemTerms;

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        var rented = ArrayPool<float>.Shared.Rent(itemTerms.ColumnCount);
        var profile = rented.AsSpan(0, itemTerms.ColumnCount);
        FillProfile(user, profile);
        for (var position = 0; position < itemIndexes.Length; position++)
            scores[position] = Dot(itemIndexes[position], profile) is not 0 and var score ? score : float.NaN;
        ArrayPool<float>.Shared.Return(rented);
    }

    public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        if (user.Items.Length == 0)
            return;
        var rented = ArrayPool<float>.Shared.Rent(itemTerms.ColumnCount);
        var profile = rented.AsSpan(0, itemTerms.ColumnCount);
        FillProfile(user, profile);
        RetrieveLike(profile, blocked, -1, best);
        ArrayPool<float>.Shared.Return(rented);
    }

    void IFullScorer.ScoreAll(in UserHistory user, Span<float> scores)
    {
        var rented = ArrayPool<float>.Shared.Rent(itemTerms.ColumnCount);
        var profile = rented.AsSpan(0, itemTerms.ColumnCount);
        FillProfile(user, profile);
        SumTerms(profile, scores);
        ArrayPool<float>.Shared.Return(rented);
    }

    public void RetrieveSimilarItems(int itemIndex, ReadOnlySpan<ulong> blocked, TopK best)
    {
        if (itemTerms.RowLength(itemIndex) == 0)
            return;
        var rented = ArrayPool<float>.Shared.Rent(itemTerms.ColumnCount);
        var profile = rented.AsSpan(0, itemTerms.ColumnCount);
        profile.Clear();
        AddItem(itemIndex, 1, profile);
        RetrieveLike(profile, blocked, itemIndex, best);
        ArrayPool<float>.Shared.Return(rented);
    }

    void IContentScorer.RetrieveSimilarItems(TermVector vector, ReadOnlySpan<ulong> blocked, TopK best)
    {
        if (vector.Terms.Length == 0)
            return;
        var rented = ArrayPool<float>.Shared.Rent(itemTerms.ColumnCount);
        var profile = rented.AsSpan(0, itemTerms.ColumnCount);
        profile.Clear();
        Add(vector.Terms, vector.Weights, 1, profile);
        RetrieveLike(profile, blocked, -1, best);
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>The cosine of the term vectors; NaN where one of the two has no term.</summary>
    void IItemLikeness.LikenessOf(int itemIndex, ReadOnlySpan<int> others, Span<float> likeness)
    {
        var rented = ArrayPool<float>.Shared.Rent(itemTerms.ColumnCount);
        var profile = rented.AsSpan(0, itemTerms.ColumnCount);
        profile.Clear();
        var isKnown = Describes(itemIndex);
        if (isKnown)
            AddItem(itemIndex, 1, profile);
        for (var position = 0; position < others.Length; position++)
            likeness[position] = isKnown && Describes(others[position]) ? Dot(others[position], profile) : float.NaN;
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>a(i) v_i . v_j / n, where n is the length of the sum over the whole history.</summary>
    public void Contributions(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> contributions, Span<ReasonCode> codes)
    {
        codes[..itemIndexes.Length].Fill(ReasonCode.Content);
        var (rented, rentedTerms) = (ArrayPool<float>.Shared.Rent(user.Items.Length), ArrayPool<float>.Shared.Rent(itemTerms.ColumnCount));
        var activations = rented.AsSpan(0, user.Items.Length);
        var profile = rentedTerms.AsSpan(0, itemTerms.ColumnCount);
        var norm = SumProfile(user, activations, profile, default);
        for (var (asked, next) = (0, 0); asked < itemIndexes.Length; asked++)
        {
            profile.Clear();
            AddItem(itemIndexes[asked], norm > 0 ? 1 / norm : 0, profile);
            for (var position = 0; position < activations.Length; position++)
                contributions[next++] = Describes(user.Items[position]) ? activations[position] * Dot(user.Items[position], profile) : 0;
        }

        ArrayPool<float>.Shared.Return(rented);
        ArrayPool<float>.Shared.Return(rentedTerms);
    }

    TermVector IContentScorer.VectorOf(ItemContent content) => VectorOf(content);

    TermVector IContentScorer.VectorOf(int itemIndex) =>
        Describes(itemIndex) ? new TermVector(itemTerms.RowColumns(itemIndex).ToArray(), itemTerms.RowValues(itemIndex).ToArray()) : new TermVector([], []);

    internal TermVector VectorOf(ItemContent content) => vocabulary.VectorOf(content);

    void IContentScorer.ScoreLater(in UserHistory user, ReadOnlySpan<LaterItem> later, Span<float> scores)
    {
        var rented = ArrayPool<float>.Shared.Rent(itemTerms.ColumnCount);
        var profile = rented.AsSpan(0, itemTerms.ColumnCount);
        FillProfile(user, profile, later);
        for (var position = 0; position < later.Length; position++)
            scores[position] = Dot(later[position].Vector.Terms, later[position].Vector.Weights, profile);
        ArrayPool<float>.Shared.Return(rented);
    }

    public bool IsSound() => itemTerms.AllFinite();

    public IScorer Rebase(KeyMap users, KeyMap items)
    {
        var terms = KeyMap.FromAscending([.. Enumerable.Range(0, itemTerms.ColumnCount)]);
        return new ContentModel(users, items, itemTerms.Rebase(Items, items, terms, terms), history, vocabulary);
    }

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer)
    {
        writer.WriteKeys(Users);
        writer.WriteKeys(Items);
        writer.WriteInt32((int)history.Scale);
        writer.WriteSingle(history.Decay);
        writer.WriteMatrix(itemTerms);
        vocabulary.Write(writer);
    }

    internal static Func<ContentModel> Read(ModelReader reader)
    {
        var users = reader.ReadKeys();
        var items = reader.ReadKeys();
        var weighting = new HistoryWeighting((HistoryScale)reader.ReadInt32(), reader.ReadSingle());
        var matrix = reader.ReadMatrix();
        var words = ContentVocabulary.Read(reader);
        return () => new ContentModel(users(), items(), matrix(), weighting, words());
    }

    /// <summary>The history's items summed, scaled to length 1; all zero when it says nothing.</summary>
    private void FillProfile(in UserHistory user, Span<float> profile, ReadOnlySpan<LaterItem> later = default)
    {
        var rented = ArrayPool<float>.Shared.Rent(user.Items.Length);
        if (SumProfile(user, rented.AsSpan(0, user.Items.Length), profile, later) is > 0 and var norm)
            VectorMath.Scale(profile, 1 / norm);
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>The history's items summed, and how much each of them counts.</summary>
    /// <returns>The length of the sum.</returns>
    private float SumProfile(in UserHistory user, Span<float> activations, Span<float> profile, ReadOnlySpan<LaterItem> later)
    {
        profile.Clear();
        history.Activate(user, activations);
        for (var position = 0; position < activations.Length; position++)
        {
            if (activations[position] != 0)
                AddItem(user.Items[position], activations[position], profile, later);
        }

        return VectorMath.Norm(profile);
    }

    private bool Describes(int item) => item < Items.Count && itemTerms.RowLength(item) > 0;

    private void AddItem(int item, float activation, Span<float> profile, ReadOnlySpan<LaterItem> later = default)
    {
        if (Describes(item))
        {
            Add(itemTerms.RowColumns(item), itemTerms.RowValues(item), activation, profile);
            return;
        }

        foreach (var candidate in later)
        {
            if (candidate.ItemIndex == item)
                Add(candidate.Vector.Terms, candidate.Vector.Weights, activation, profile);
        }
    }

    private static void Add(ReadOnlySpan<int> terms, ReadOnlySpan<float> weights, float activation, Span<float> profile)
    {
        for (var position = 0; position < terms.Length; position++)
            profile[terms[position]] += activation * weights[position];
    }

    private float Dot(int item, ReadOnlySpan<float> profile) => Dot(itemTerms.RowColumns(item), itemTerms.RowValues(item), profile);

    private static float Dot(ReadOnlySpan<int> terms, ReadOnlySpan<float> weights, ReadOnlySpan<float> profile)
    {
        var sum = 0f;
        for (var position = 0; position < terms.Length; position++)
            sum += profile[terms[position]] * weights[position];
        return sum;
    }

    /// <summary>Goes through the items of the profile's terms only, and sums in the order of <c>Dot</c>, so that both give the same bits.</summary>
    private void RetrieveLike(ReadOnlySpan<float> profile, ReadOnlySpan<ulong> blocked, int excluded, TopK best)
    {
        var rented = ArrayPool<float>.Shared.Rent(Items.Count);
        var sums = rented.AsSpan(0, Items.Count);
        SumTerms(profile, sums);
        for (var item = 0; item < sums.Length; item++)
        {
            if (sums[item] >= best.Threshold && sums[item] != 0 && item != excluded && !Bits.IsSet(blocked, item))
                best.Offer(item, sums[item]);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private void SumTerms(ReadOnlySpan<float> profile, Span<float> sums)
    {
        sums.Clear();
        for (var term = 0; term < profile.Length; term++)
        {
            if (profile[term] != 0)
                termItems.AddRow(term, profile[term], sums);
        }
    }
}
