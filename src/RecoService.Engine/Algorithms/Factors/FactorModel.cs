using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Factors;

/// <summary>
/// What every matrix factorization trains: score(u, i) = mean + userBias[u] + itemBias[i] + userFactors[u] . itemFactors[i].
/// Koren, Bell, Volinsky, "Matrix Factorization Techniques for Recommender Systems", IEEE Computer 42(8), 2009.
/// A user or an item without training data has NaN factors and, where there are biases, a NaN bias; so it is unknown with 0 factors too.
/// </summary>
public sealed class FactorModel : IRatingScorer, IBulkScorer, IServedScorer, ISimilarItems, ISimilarUsers, IStoredModel
{
    private QuantizedFactors? quantized;

    /// <param name="users">|U| keys.</param>
    /// <param name="items">|I| keys.</param>
    /// <param name="userFactors">|U| x f.</param>
    /// <param name="itemFactors">|I| x f.</param>
    /// <param name="mean">The mean rating; 0 for models of implicit data.</param>
    /// <param name="userBiases">|U|, or empty for none.</param>
    /// <param name="itemBiases">|I|, or empty for none.</param>
    /// <param name="meanUserEntries">How many items a user of the training data had on average; 0 when that is not known. Folding in needs it.</param>
    public FactorModel(
        KeyMap users, KeyMap items, FactorMatrix userFactors, FactorMatrix itemFactors,
        float mean = 0, float[]? userBiases = null, float[]? itemBiases = null, float meanUserEntries = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(userFactors.RowCount, users.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(itemFactors.RowCount, items.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(itemFactors.Factors, userFactors.Factors);
        Users = users;
        Items = items;
        UserFactors = userFactors;
        ItemFactors = itemFactors;
        Mean = mean;
        MeanUserEntries = meanUserEntries;
        UserBiases = userBiases is null or [] ? [] : userBiases.Length == users.Count ? userBiases : throw new ArgumentException("One bias per user.", nameof(userBiases));
        ItemBiases = itemBiases is null or [] ? [] : itemBiases.Length == items.Count ? itemBiases : throw new ArgumentException("One bias per item.", nameof(itemBiases));
    }

    public KeyMap Users { get; }

    public KeyMap Items { get; }

    public FactorMatrix UserFactors { get; }

    public FactorMatrix ItemFactors { get; }

    public float Mean { get; }

    public float MeanUserEntries { get; }

    internal float[] UserBiases { get; }

    internal float[] ItemBiases { get; }

    internal bool HasBiases => UserBiases.Length > 0 || ItemBiases.Length > 0;

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        if (user.UserIndex < 0)
            scores[..itemIndexes.Length].Fill(float.NaN);
        else
            Score(UserFactors[user.UserIndex], OffsetOf(user.UserIndex), itemIndexes, scores);
    }

    /// <summary>Scores for a user given by his factors (f values), as folding in gives them.</summary>
    public void Score(ReadOnlySpan<float> userFactors, ReadOnlySpan<int> itemIndexes, Span<float> scores) =>
        Score(userFactors, Mean, itemIndexes, scores);

    public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        if (user.UserIndex >= 0)
            Retrieve(UserFactors[user.UserIndex], OffsetOf(user.UserIndex), blocked, best);
    }

    /// <summary>Retrieval for a user given by his factors (f values), as folding in gives them.</summary>
    public void Retrieve(ReadOnlySpan<float> userFactors, ReadOnlySpan<ulong> blocked, TopK best) =>
        Retrieve(userFactors, Mean, blocked, best);

    public void RetrieveMany(ReadOnlySpan<int> userIndexes, ReadOnlySpan<ulong> blocked, int wordsPerUser, ReadOnlySpan<TopK> best)
    {
        if (quantized is null)
        {
            for (var place = 0; place < userIndexes.Length; place++)
            {
                if (KnowsByPlace(userIndexes[place]))
                    Retrieve(UserFactors[userIndexes[place]], OffsetOf(userIndexes[place]), blocked.Slice(place * wordsPerUser, wordsPerUser), best[place]);
            }

            return;
        }

        var pass = new RetrievalPass(quantized, blocked, wordsPerUser, best);
        for (var place = 0; place < userIndexes.Length; place++)
        {
            if (KnowsByPlace(userIndexes[place]))
                pass.Add(UserFactors[userIndexes[place]], OffsetOf(userIndexes[place]), place);
        }

        pass.Finish();
    }

    /// <summary>With an 8-bit copy of the item factors where the processor is the faster for it; it does not go with what is made from the model.</summary>
    public IScorer ForServing()
    {
        if (quantized is not null || !PackedDots.IsHardwareAccelerated)
            return this;
        var served = (FactorModel)MemberwiseClone();
        served.quantized = new QuantizedFactors(ItemFactors, ItemBiases);
        return served;
    }

    /// <summary>By the cosine of the item factors.</summary>
    public void RetrieveSimilarItems(int itemIndex, ReadOnlySpan<ulong> blocked, TopK best) => RetrieveSimilar(ItemFactors, itemIndex, blocked, best);

    /// <summary>By the cosine of the user factors.</summary>
    public void RetrieveSimilarUsers(int userIndex, TopK best) => RetrieveSimilar(UserFactors, userIndex, [], best);

    public bool IsSound() =>
        float.IsFinite(Mean) && AreSound(UserFactors) && AreSound(ItemFactors)
        && !UserBiases.AsSpan().ContainsAny(float.PositiveInfinity, float.NegativeInfinity)
        && !ItemBiases.AsSpan().ContainsAny(float.PositiveInfinity, float.NegativeInfinity);

    /// <summary>Every row wholly finite, or wholly NaN and so unknown.</summary>
    private static bool AreSound(FactorMatrix factors)
    {
        for (var row = 0; row < factors.RowCount; row++)
        {
            if (!VectorMath.AllFinite(factors[row]) && factors[row].ContainsAnyExcept(float.NaN))
                return false;
        }

        return true;
    }

    public IScorer Rebase(KeyMap users, KeyMap items) => new FactorModel(
        users, items,
        RebaseRows(UserFactors, Users, users), RebaseRows(ItemFactors, Items, items),
        Mean, RebaseValues(UserBiases, Users, users), RebaseValues(ItemBiases, Items, items), MeanUserEntries);

    /// <summary>The mean and whichever of the two biases is known: the best guess for a pair that <see cref="Score"/> does not know.</summary>
    internal float Baseline(int userIndex, int itemIndex) => Mean + KnownOrZero(UserBiases, userIndex) + KnownOrZero(ItemBiases, itemIndex);

    float IRatingScorer.Baseline(in UserHistory user, int itemIndex) => HasBiases ? Baseline(user.UserIndex, itemIndex) : float.NaN;

    private void Score(ReadOnlySpan<float> user, float offset, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        for (var place = 0; place < itemIndexes.Length; place++)
            scores[place] = ScoreOf(user, offset, itemIndexes[place]);
    }

    private void Retrieve(ReadOnlySpan<float> user, float offset, ReadOnlySpan<ulong> blocked, TopK best)
    {
        if (float.IsNaN(offset) || (user.Length > 0 && float.IsNaN(user[0])))
            return;
        if (quantized is not null)
        {
            var pass = new RetrievalPass(quantized, blocked, blocked.Length, new ReadOnlySpan<TopK>(ref best));
            pass.Add(user, offset, place: 0);
            pass.Finish();
            return;
        }

        for (var item = 0; item < Items.Count; item++)
        {
            var score = ScoreOf(user, offset, item);
            // Most items fall short of the threshold, so the bit is looked up only for those that could enter.
            if (score >= best.Threshold && !Bits.IsSet(blocked, item))
                best.Offer(item, score);
        }
    }

    private bool KnowsByPlace(int userIndex) =>
        userIndex >= 0 && !float.IsNaN(OffsetOf(userIndex)) && !(UserFactors.Factors > 0 && float.IsNaN(UserFactors[userIndex][0]));

    private float ScoreOf(ReadOnlySpan<float> user, float offset, int item) =>
        offset + (ItemBiases.Length == 0 ? 0 : ItemBiases[item]) + VectorMath.Dot(user, ItemFactors[item]);

    private static void RetrieveSimilar(FactorMatrix rows, int index, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var norm = VectorMath.Norm(rows[index]);
        for (var row = 0; row < rows.RowCount; row++)
        {
            // The cosine with an unknown row is NaN, which is never kept.
            if (row != index && !Bits.IsSet(blocked, row))
                best.Offer(row, VectorMath.Dot(rows[index], rows[row]) / (norm * VectorMath.Norm(rows[row])));
        }
    }

    private static float KnownOrZero(float[] biases, int index) =>
        index < 0 || biases.Length == 0 || float.IsNaN(biases[index]) ? 0 : biases[index];

    private float OffsetOf(int userIndex) => Mean + (UserBiases.Length == 0 ? 0 : UserBiases[userIndex]);

    private static FactorMatrix RebaseRows(FactorMatrix rows, KeyMap from, KeyMap to)
    {
        var rebased = new FactorMatrix(to.Count, rows.Factors);
        for (var index = 0; index < to.Count; index++)
        {
            if (from.TryGetIndex(to[index], out var source))
                rows[source].CopyTo(rebased.Row(index));
            else
                rebased.Row(index).Fill(float.NaN);
        }

        return rebased;
    }

    private static float[] RebaseValues(float[] values, KeyMap from, KeyMap to)
    {
        // A model without rows cannot say whether it has biases; everything added to it is unknown either way.
        if (values.Length == 0 && from.Count > 0)
            return [];
        var rebased = new float[to.Count];
        for (var index = 0; index < to.Count; index++)
            rebased[index] = from.TryGetIndex(to[index], out var source) ? values[source] : float.NaN;
        return rebased;
    }

    void IStoredModel.Write(ChecksummedWriter writer)
    {
        writer.WriteKeys(Users);
        writer.WriteKeys(Items);
        writer.WriteFactors(UserFactors);
        writer.WriteFactors(ItemFactors);
        writer.WriteVector(UserBiases);
        writer.WriteVector(ItemBiases);
        writer.WriteSingle(Mean);
        writer.WriteSingle(MeanUserEntries);
    }

    internal static Func<FactorModel> Read(ChecksummedReader reader)
    {
        var users = reader.ReadKeys();
        var items = reader.ReadKeys();
        var userFactors = reader.ReadFactors();
        var itemFactors = reader.ReadFactors();
        var userBiases = reader.ReadVector();
        var itemBiases = reader.ReadVector();
        var mean = reader.ReadSingle();
        var meanUserEntries = reader.ReadSingle();
        return () => new FactorModel(users(), items(), userFactors(), itemFactors(), mean, userBiases, itemBiases, meanUserEntries);
    }
}
