using System.Buffers;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Factors;

/// <summary>
/// What every matrix factorization trains: score(u, i) = mean + userBias[u] + itemBias[i] + userFactors[u] . itemFactors[i].
/// Koren, Bell, Volinsky, "Matrix Factorization Techniques for Recommender Systems", IEEE Computer 42(8), 2009.
/// A user or an item without training data has NaN factors and, where there are biases, a NaN bias; so it is unknown with 0 factors too.
/// A trained row of a user holds as long as their history is the one they were trained with; where it is another, or there is no row, they are folded in.
/// </summary>
public sealed class FactorModel : IRatingScorer, IBulkScorer, IServedScorer, IHistoryReader, ISimilarItems, ISimilarUsers, IItemLikeness, IExplainableScorer, IColdScorer, IAttributeScorer, IStored
{
    private readonly FoldedUsers? folded;
    private ColdFactors cold = ColdFactors.None;
    private QuantizedFactors? quantized;

    /// <summary>|I| lengths of the item factors, where the model serves.</summary>
    private float[]? itemNorms;

    /// <param name="users">|U| keys.</param>
    /// <param name="items">|I| keys.</param>
    /// <param name="userFactors">|U| x f.</param>
    /// <param name="itemFactors">|I| x f.</param>
    /// <param name="mean">The mean rating; 0 for models of implicit data.</param>
    /// <param name="userBiases">|U|, or empty for none.</param>
    /// <param name="itemBiases">|I|, or empty for none.</param>
    /// <param name="foldIn">How a user gets factors from their history; null when only trained users can be known.</param>
    /// <param name="fingerprints">|U|, as <see cref="TrainedOn"/> makes them; or empty for none, and then every trained row holds.</param>
    public FactorModel(
        KeyMap users, KeyMap items, FactorMatrix userFactors, FactorMatrix itemFactors,
        float mean = 0, float[]? userBiases = null, float[]? itemBiases = null, FoldIn? foldIn = null, int[]? fingerprints = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(userFactors.RowCount, users.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(itemFactors.RowCount, items.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(itemFactors.Factors, userFactors.Factors);
        Users = users;
        Items = items;
        UserFactors = userFactors;
        ItemFactors = itemFactors;
        Mean = mean;
        UserBiases = userBiases is null or [] ? [] : userBiases.Length == users.Count ? userBiases : throw new ArgumentException("One bias per user.", nameof(userBiases));
        ItemBiases = itemBiases is null or [] ? [] : itemBiases.Length == items.Count ? itemBiases : throw new ArgumentException("One bias per item.", nameof(itemBiases));
        if (fingerprints is { Length: > 0 } && fingerprints.Length != users.Count)
            throw new ArgumentException("One fingerprint per user.", nameof(fingerprints));
        folded = foldIn is null ? null : new FoldedUsers(this, foldIn, fingerprints ?? []);
    }

    /// <summary>How these models are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<FactorModel>("factors", 2, Read);

    public HistoryNeeds Needs => FoldIn?.Needs ?? HistoryNeeds.None;

    public KeyMap Users { get; }

    public KeyMap Items { get; }

    public FactorMatrix UserFactors { get; }

    public FactorMatrix ItemFactors { get; }

    public float Mean { get; }

    internal FoldIn? FoldIn => folded?.FoldIn;

    internal int[] Fingerprints => folded?.Fingerprints ?? [];

    internal float[] UserBiases { get; }

    internal float[] ItemBiases { get; }

    internal bool HasBiases => UserBiases.Length > 0 || ItemBiases.Length > 0;

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        var rented = ArrayPool<float>.Shared.Rent(ItemFactors.Factors);
        Score(RowOf(user, rented, out var offset), offset, itemIndexes, scores);
        ArrayPool<float>.Shared.Return(rented);
    }

    public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var rented = ArrayPool<float>.Shared.Rent(ItemFactors.Factors);
        Retrieve(RowOf(user, rented, out var offset), offset, blocked, best);
        ArrayPool<float>.Shared.Return(rented);
    }

    public bool IsKnownByIndex(in UserHistory user) => KnowsByIndex(user.UserIndex) && folded?.HasChanged(user) != true;

    public void RetrieveMany(ReadOnlySpan<int> userIndexes, ReadOnlySpan<ulong> blocked, int wordsPerUser, ReadOnlySpan<TopK> best)
    {
        if (quantized is null)
        {
            for (var position = 0; position < userIndexes.Length; position++)
            {
                if (KnowsByIndex(userIndexes[position]))
                    Retrieve(UserFactors[userIndexes[position]], OffsetOf(userIndexes[position]), blocked.Slice(position * wordsPerUser, wordsPerUser), best[position]);
            }

            return;
        }

        var pass = new RetrievalPass(quantized, blocked, wordsPerUser, best);
        for (var position = 0; position < userIndexes.Length; position++)
        {
            if (KnowsByIndex(userIndexes[position]))
                pass.Add(UserFactors[userIndexes[position]], OffsetOf(userIndexes[position]), position);
        }

        pass.Finish();
    }

    /// <summary>With the lengths of the item factors, and an 8-bit copy of them where the processor is the faster for it; these do not go with what is made from the model.</summary>
    public IScorer ForServing()
    {
        folded?.Prepare();
        if (itemNorms is not null)
            return this;
        var served = (FactorModel)MemberwiseClone();
        served.itemNorms = [.. Enumerable.Range(0, Items.Count).Select(item => VectorMath.Norm(ItemFactors[item]))];
        if (PackedDots.IsHardwareAccelerated)
            served.quantized = new QuantizedFactors(ItemFactors, ItemBiases);
        return served;
    }

    /// <summary>By the cosine of the item factors.</summary>
    public void RetrieveSimilarItems(int itemIndex, ReadOnlySpan<ulong> blocked, TopK best) => RetrieveSimilar(ItemFactors, itemIndex, blocked, best);

    /// <summary>False without a fold-in, and by one that is no sum over the history: gradient steps (bpr), and factors that may not lie below 0 (nmf).</summary>
    public bool CanExplain => FoldIn?.IsLinear == true;

    /// <summary>By the fold-in; the mean and what an item's own bias adds are left out.</summary>
    public void Contributions(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> contributions, Span<ReasonCode> codes)
    {
        contributions = contributions[..(itemIndexes.Length * user.Items.Length)];
        contributions.Clear();
        codes[..itemIndexes.Length].Fill(ReasonCode.History);
        folded?.Contributions(user, itemIndexes, contributions);
    }

    /// <summary>The cosine of the item factors.</summary>
    void IItemLikeness.LikenessOf(int itemIndex, ReadOnlySpan<int> others, Span<float> likeness)
    {
        if (itemIndex >= Items.Count)
        {
            likeness[..others.Length].Fill(float.NaN);
            return;
        }

        var row = ItemFactors[itemIndex];
        var norm = NormOf(itemIndex);
        for (var position = 0; position < others.Length; position++)
            likeness[position] = others[position] < Items.Count ? VectorMath.Dot(row, ItemFactors[others[position]]) / (norm * NormOf(others[position])) : float.NaN;
    }

    private float NormOf(int item) => itemNorms is { } norms ? norms[item] : VectorMath.Norm(ItemFactors[item]);

    /// <summary>By the cosine of the user factors.</summary>
    public void RetrieveSimilarUsers(int userIndex, TopK best) => RetrieveSimilar(UserFactors, userIndex, [], best);

    public bool IsSound() =>
        cold.IsSound() && float.IsFinite(Mean) && AreSound(UserFactors) && AreSound(ItemFactors)
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

    /// <summary>The same model, able to tell which of its users have a history that differs from the one in the dataset it was trained on.</summary>
    /// <param name="dataset">Over the model's key maps.</param>
    /// <param name="context">Threads and cancellation.</param>
    /// <param name="coldStart">Whether it also learns where items and users without interactions belong.</param>
    public FactorModel TrainedOn(InteractionDataset dataset, TrainingContext context, bool coldStart = true)
    {
        var fingerprints = FoldIn is null ? [] : HistoryFingerprint.OfAll(dataset, this, FoldIn.Needs, context);
        return new(Users, Items, UserFactors, ItemFactors, Mean, UserBiases, ItemBiases, FoldIn, fingerprints)
        {
            cold = coldStart ? ColdFactors.Learn(this, dataset, context) : ColdFactors.None,
        };
    }

    public IScorer Rebase(KeyMap users, KeyMap items) => new FactorModel(
        users, items,
        RebaseRows(UserFactors, Users, users), RebaseRows(ItemFactors, Items, items),
        Mean, RebaseValues(UserBiases, Users, users), RebaseValues(ItemBiases, Items, items), FoldIn,
        Fingerprints.Length == 0 ? [] : Users.Rebase(Fingerprints, users, unknown: 0))
    {
        cold = cold,
    };

    bool IColdScorer.PlacesItems => cold.PlacesItems;

    bool IAttributeScorer.KnowsAttributes => cold.PlacesUsers;

    float[]? IColdScorer.RowOf(ItemContent content) => cold.RowOf(content);

    float[]? IColdScorer.RowOf(int key) => cold.RowOf(key);

    bool IColdScorer.HasRowOf(int key) => cold.ColdKeys.TryGetIndex(key, out _);

    /// <summary>By the user's factors, trained or folded in, and the item's place; what is the same for all items of the user is left out.</summary>
    bool IColdScorer.TryScoreLater(in UserHistory user, ReadOnlySpan<LaterItem> later, Span<float> scores)
    {
        var rented = ArrayPool<float>.Shared.Rent(ItemFactors.Factors);
        var factors = RowOf(user, rented, out var offset);
        var isKnown = cold.PlacesItems && !float.IsNaN(offset) && !float.IsNaN(factors[0]);
        for (var position = 0; isKnown && position < later.Length; position++)
        {
            scores[position] = later[position].Row is { } row
                ? VectorMath.Dot(factors, row.AsSpan(0, factors.Length)) + (row.Length > factors.Length ? row[^1] : 0)
                : float.NaN;
        }

        ArrayPool<float>.Shared.Return(rented);
        return isKnown;
    }

    void IAttributeScorer.RetrieveFor(UserContent content, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var numbers = ItemFactors.Factors + (UserBiases.Length > 0 ? 1 : 0);
        var rented = ArrayPool<float>.Shared.Rent(numbers);
        var row = rented.AsSpan(0, numbers);
        if (cold.TryPlace(content, row))
            Retrieve(row[..ItemFactors.Factors], Mean + (UserBiases.Length > 0 ? row[^1] : 0), blocked, best);
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>The mean and whichever of the two biases is known: the best guess for a pair that <c>Score</c> does not know.</summary>
    float IRatingScorer.Baseline(in UserHistory user, int itemIndex)
    {
        if (!HasBiases)
            return float.NaN;
        var rented = ArrayPool<float>.Shared.Rent(ItemFactors.Factors);
        RowOf(user, rented, out var offset);
        ArrayPool<float>.Shared.Return(rented);
        return (float.IsNaN(offset) ? Mean : offset) + KnownOrZero(ItemBiases, itemIndex);
    }

    /// <summary>False for an item without training data.</summary>
    internal bool KnowsItem(int itemIndex) => Knows(ItemFactors, ItemBiases, itemIndex);

    /// <summary>False for a user without training data.</summary>
    internal bool KnowsUser(int userIndex) => KnowsByIndex(userIndex);

    /// <summary>The factors that the history calls for, and what is added to every score: NaN when nothing is known of the user.</summary>
    /// <param name="user">Who is asked about.</param>
    /// <param name="room">At least f values, for a row that is made here.</param>
    /// <param name="offset">The mean and the user's bias.</param>
    private ReadOnlySpan<float> RowOf(in UserHistory user, Span<float> room, out float offset)
    {
        room = room[..ItemFactors.Factors];
        var isTrained = KnowsByIndex(user.UserIndex);
        if (folded is not null && (!isTrained || folded.HasChanged(user)) && folded.TryFoldIn(user, room, out var bias))
        {
            offset = Mean + bias;
            return room;
        }

        offset = isTrained ? OffsetOf(user.UserIndex) : float.NaN;
        return isTrained ? UserFactors[user.UserIndex] : room;
    }

    private static bool Knows(FactorMatrix factors, float[] biases, int row) =>
        (factors.Factors == 0 || !float.IsNaN(factors[row][0])) && (biases.Length == 0 || !float.IsNaN(biases[row]));

    private void Score(ReadOnlySpan<float> user, float offset, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        for (var position = 0; position < itemIndexes.Length; position++)
            scores[position] = ScoreOf(user, offset, itemIndexes[position]);
    }

    private void Retrieve(ReadOnlySpan<float> user, float offset, ReadOnlySpan<ulong> blocked, TopK best)
    {
        if (float.IsNaN(offset) || (user.Length > 0 && float.IsNaN(user[0])))
            return;
        if (quantized is not null)
        {
            var pass = new RetrievalPass(quantized, blocked, blocked.Length, new ReadOnlySpan<TopK>(ref best));
            pass.Add(user, offset, position: 0);
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

    private bool KnowsByIndex(int userIndex) => userIndex >= 0 && Knows(UserFactors, UserBiases, userIndex);

    private float OffsetOf(int userIndex) => Mean + (UserBiases.Length == 0 ? 0 : UserBiases[userIndex]);

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

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer)
    {
        writer.WriteKeys(Users);
        writer.WriteKeys(Items);
        writer.WriteFactors(UserFactors);
        writer.WriteFactors(ItemFactors);
        writer.WriteVector(UserBiases);
        writer.WriteVector(ItemBiases);
        writer.WriteSingle(Mean);
        writer.WritePart(FoldIn);
        writer.WriteInt32(Fingerprints.Length);
        writer.WriteInts(Fingerprints);
        cold.Write(writer);
    }

    internal static Func<FactorModel> Read(ModelReader reader)
    {
        var users = reader.ReadKeys();
        var items = reader.ReadKeys();
        var userFactors = reader.ReadFactors();
        var itemFactors = reader.ReadFactors();
        var userBiases = reader.ReadVector();
        var itemBiases = reader.ReadVector();
        var mean = reader.ReadSingle();
        var foldIn = reader.ReadOptionalPart<FoldIn>();
        var fingerprints = reader.ReadInts(reader.ReadCount());
        var readCold = ColdFactors.Read(reader);
        return () =>
        {
            var model = new FactorModel(users(), items(), userFactors(), itemFactors(), mean, userBiases, itemBiases, foldIn?.Invoke(), fingerprints) { cold = readCold() };
            model.cold.RequireFit(model.ItemFactors.Factors + Math.Sign(itemBiases.Length), model.UserFactors.Factors + Math.Sign(userBiases.Length));
            return model;
        };
    }
}
