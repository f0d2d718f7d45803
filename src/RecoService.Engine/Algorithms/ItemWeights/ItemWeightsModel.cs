using System.Buffers;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.ItemWeights;

/// <summary>
/// What every item-to-item model trains: score(u, j) = sum over the items i of the user's history of a(i) W[i, j]. It knows users by their
/// history alone, so one who arrived after training is served like any other. A sum of nothing is NaN: it says nothing of the pair.
/// </summary>
/// <remarks>Ning, Karypis, "SLIM: Sparse Linear Methods for Top-N Recommender Systems", ICDM 2011, gives the form.</remarks>
public sealed class ItemWeightsModel : IFullScorer, IHistoryReader, ISimilarItems, IExplainableScorer, IStored
{
    private readonly SparseMatrix weights;
    private readonly HistoryWeighting history;

    /// <param name="users">|U| keys.</param>
    /// <param name="items">|I| keys.</param>
    /// <param name="weights">|I| x |I|: row i holds what item i of a history adds to each item's score.</param>
    /// <param name="history">How much each item of a history counts.</param>
    public ItemWeightsModel(KeyMap users, KeyMap items, SparseMatrix weights, HistoryWeighting history)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.RowCount, items.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.ColumnCount, items.Count);
        Users = users;
        Items = items;
        this.weights = weights;
        this.history = history;
    }

    /// <summary>How these models are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<ItemWeightsModel>("item-weights", 1, Read);

    public KeyMap Users { get; }

    public KeyMap Items { get; }

    public SparseMatrix Weights => weights;

    public HistoryNeeds Needs => history.Decay < 1 ? HistoryNeeds.Times : HistoryNeeds.None;

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        var sums = ArrayPool<float>.Shared.Rent(Items.Count);
        Accumulate(user, sums.AsSpan(0, Items.Count));
        for (var position = 0; position < itemIndexes.Length; position++)
            scores[position] = sums[itemIndexes[position]] is not 0 and var score ? score : float.NaN;
        ArrayPool<float>.Shared.Return(sums);
    }

    public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        if (user.Items.Length == 0)
            return;
        var rented = ArrayPool<float>.Shared.Rent(Items.Count);
        var sums = rented.AsSpan(0, Items.Count);
        Accumulate(user, sums);
        for (var item = 0; item < sums.Length; item++)
        {
            // Most items fall short of the threshold, so the bit is looked up only for those that could enter.
            if (sums[item] >= best.Threshold && sums[item] != 0 && !Bits.IsSet(blocked, item))
                best.Offer(item, sums[item]);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    void IFullScorer.ScoreAll(in UserHistory user, Span<float> scores) => Accumulate(user, scores);

    public void RetrieveSimilarItems(int itemIndex, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var items = weights.RowColumns(itemIndex);
        var values = weights.RowValues(itemIndex);
        for (var position = 0; position < items.Length; position++)
        {
            if (values[position] > 0 && items[position] != itemIndex && !Bits.IsSet(blocked, items[position]))
                best.Offer(items[position], values[position]);
        }
    }

    /// <summary>a(i) W[i, j]: a plain sum, where what makes older items fade counts the other items in their places.</summary>
    public void Contributions(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> contributions, Span<ReasonCode> codes)
    {
        codes[..itemIndexes.Length].Fill(ReasonCode.History);
        var rented = ArrayPool<float>.Shared.Rent(user.Items.Length);
        var activations = rented.AsSpan(0, user.Items.Length);
        history.Activate(user, activations);
        for (var position = 0; position < activations.Length; position++)
        {
            var columns = weights.RowColumns(user.Items[position]);
            var values = weights.RowValues(user.Items[position]);
            for (var asked = 0; asked < itemIndexes.Length; asked++)
            {
                var weight = activations[position] != 0 && columns.BinarySearch(itemIndexes[asked]) is >= 0 and var found ? values[found] : 0;
                contributions[(asked * activations.Length) + position] = activations[position] * weight;
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    public bool IsSound() => weights.AllFinite();

    public IScorer Rebase(KeyMap users, KeyMap items) => new ItemWeightsModel(users, items, weights.Rebase(Items, items, Items, items), history);

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer)
    {
        writer.WriteKeys(Users);
        writer.WriteKeys(Items);
        writer.WriteInt32((int)history.Scale);
        writer.WriteSingle(history.Decay);
        writer.WriteMatrix(weights);
    }

    internal static Func<ItemWeightsModel> Read(ModelReader reader)
    {
        var users = reader.ReadKeys();
        var items = reader.ReadKeys();
        var weighting = new HistoryWeighting((HistoryScale)reader.ReadInt32(), reader.ReadSingle());
        var matrix = reader.ReadMatrix();
        return () => new ItemWeightsModel(users(), items(), matrix(), weighting);
    }

    private void Accumulate(in UserHistory user, Span<float> sums)
    {
        sums.Clear();
        var rented = ArrayPool<float>.Shared.Rent(user.Items.Length);
        var activations = rented.AsSpan(0, user.Items.Length);
        history.Activate(user, activations);
        for (var position = 0; position < activations.Length; position++)
        {
            if (activations[position] != 0)
                weights.AddRow(user.Items[position], activations[position], sums);
        }

        ArrayPool<float>.Shared.Return(rented);
    }
}
