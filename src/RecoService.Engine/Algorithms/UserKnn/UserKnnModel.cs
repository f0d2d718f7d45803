using System.Buffers;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.UserKnn;

/// <summary>
/// What <see cref="UserKnnTrainer"/> trains: who is like whom. What the neighbours have is looked up in the histories, without which nothing is known.
/// A user without stored neighbours is compared with all histories when they are asked about, so that one who arrived after training is served like any other.
/// </summary>
public sealed class UserKnnModel : SummedScorer, IHistoryScorer, ISimilarUsers, IStored
{
    private readonly SparseMatrix neighbours;
    private readonly float[] lowest;
    private readonly UserComparison comparison;
    private readonly UserNeighbourhood? histories;

    /// <param name="users">|U| keys.</param>
    /// <param name="items">|I| keys.</param>
    /// <param name="neighbours">|U| x |U|: in row u how like u each of their neighbours is.</param>
    /// <param name="lowest">|U|: how like each user a newcomer must be to be served from them; empty when newcomers are served from their own nearest.</param>
    /// <param name="comparison">How they were found.</param>
    /// <param name="histories">What every user has; null before that is known.</param>
    internal UserKnnModel(KeyMap users, KeyMap items, SparseMatrix neighbours, float[] lowest, UserComparison comparison, UserNeighbourhood? histories)
        : base(users, items)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(neighbours.RowCount, users.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(neighbours.ColumnCount, users.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(comparison.Neighbours, 1);
        if (lowest.Length > 0)
            ArgumentOutOfRangeException.ThrowIfNotEqual(lowest.Length, users.Count);
        this.neighbours = neighbours;
        this.lowest = lowest;
        this.comparison = comparison;
        this.histories = histories;
    }

    /// <summary>How these models are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<UserKnnModel>("user-knn", 1, Read);

    public IScorer WithHistories(InteractionDataset histories)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(histories.Users.Count, Users.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(histories.Items.Count, Items.Count);
        return new UserKnnModel(Users, Items, neighbours, lowest, comparison, new UserNeighbourhood(histories.UserItems, comparison));
    }

    public void RetrieveSimilarUsers(int userIndex, TopK best)
    {
        var users = neighbours.RowColumns(userIndex);
        for (var position = 0; position < users.Length; position++)
            best.Offer(users[position], neighbours.RowValues(userIndex)[position]);
    }

    public override bool IsSound() => neighbours.AllFinite();

    public override IScorer Rebase(KeyMap users, KeyMap items) =>
        new UserKnnModel(users, items, neighbours.Rebase(Users, users, Users, users), RebaseLowest(users), comparison, histories: null);

    /// <summary>A user who was not there in training is nobody's neighbour before the next, so that newcomers do not crowd the others out.</summary>
    private float[] RebaseLowest(KeyMap users) => lowest.Length == 0 ? [] : Users.Rebase(lowest, users, float.PositiveInfinity);

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer)
    {
        writer.WriteKeys(Users);
        writer.WriteKeys(Items);
        writer.WriteInt32((int)comparison.Similarity);
        writer.WriteInt32((int)comparison.Scale);
        writer.WriteInt32((int)comparison.Weighting);
        writer.WriteSingle(comparison.Shrinkage);
        writer.WriteInt32(comparison.Neighbours);
        writer.WriteVector(lowest);
        writer.WriteMatrix(neighbours);
    }

    internal static Func<UserKnnModel> Read(ModelReader reader)
    {
        var users = reader.ReadKeys();
        var items = reader.ReadKeys();
        var settings = new UserComparison(
            (Similarity)reader.ReadInt32(), (HistoryScale)reader.ReadInt32(), (Weighting)reader.ReadInt32(), reader.ReadSingle(), reader.ReadInt32());
        var thresholds = reader.ReadVector();
        var similar = reader.ReadMatrix();
        return () => new UserKnnModel(users(), items(), similar(), thresholds, settings, histories: null);
    }

    protected override void Accumulate(in UserHistory user, Span<float> sums)
    {
        if (histories is null)
            return;
        if (user.UserIndex >= 0 && neighbours.RowLength(user.UserIndex) > 0 && histories.Holds(user))
            AddHistories(neighbours.RowColumns(user.UserIndex), neighbours.RowValues(user.UserIndex), sums);
        else if (user.Items.Length > 0)
            AddHistoriesLike(user, sums);
    }

    private void AddHistoriesLike(in UserHistory user, Span<float> sums)
    {
        var users = ArrayPool<int>.Shared.Rent(Users.Count);
        var similarities = ArrayPool<float>.Shared.Rent(Users.Count);
        var found = histories!.FindNearest(user, lowest, users, similarities);
        AddHistories(users.AsSpan(0, found), similarities.AsSpan(0, found), sums);
        ArrayPool<int>.Shared.Return(users);
        ArrayPool<float>.Shared.Return(similarities);
    }

    private void AddHistories(ReadOnlySpan<int> users, ReadOnlySpan<float> similarities, Span<float> sums)
    {
        for (var position = 0; position < users.Length; position++)
            histories!.AddHistory(users[position], similarities[position], sums);
    }
}
