using System.Buffers;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.NeuMf;

/// <summary>
/// A network scores every pair of a user and an item by their rows, as <see cref="NeuMfNetwork"/> says. It knows users by their index alone: whoever came after the training is unknown to it. Nothing bounds
/// its scores, so that a list takes a pass over all items.
/// </summary>
public sealed class NeuMfModel : IScorer, ISimilarItems, IStored
{
    private readonly FactorMatrix userRows;
    private readonly FactorMatrix itemRows;
    private readonly NeuMfNetwork network;

    /// <summary>|I| x d: what each item adds to the first layer, whoever the user is.</summary>
    private readonly FactorMatrix itemHidden;

    /// <param name="users">|U| keys.</param>
    /// <param name="items">|I| keys.</param>
    /// <param name="userRows">|U| x 2d; rows of NaN are unknown.</param>
    /// <param name="itemRows">|I| x 2d; rows of NaN are unknown.</param>
    /// <param name="weights">Of the network, in the order that docs/workers.md gives.</param>
    /// <exception cref="ArgumentException">The parts do not fit each other, or weights are not finite.</exception>
    public NeuMfModel(KeyMap users, KeyMap items, FactorMatrix userRows, FactorMatrix itemRows, float[] weights)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(userRows.RowCount, users.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(itemRows.RowCount, items.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(itemRows.Factors, userRows.Factors);
        (Users, Items, this.userRows, this.itemRows) = (users, items, userRows, itemRows);
        network = new NeuMfNetwork(userRows.Factors / 2, weights);
        itemHidden = new FactorMatrix(items.Count, network.Factors);
        for (var item = 0; item < items.Count; item++)
            network.OfItemRow(itemRows[item], itemHidden.Row(item));
    }

    /// <summary>How these models are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<NeuMfModel>("neumf", 1, Read);

    public KeyMap Users { get; }

    public KeyMap Items { get; }

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        if (!Knows(user.UserIndex))
        {
            scores[..itemIndexes.Length].Fill(float.NaN);
            return;
        }

        var rented = ArrayPool<float>.Shared.Rent(4 * network.Factors);
        var of = Of(user.UserIndex, rented);
        for (var position = 0; position < itemIndexes.Length; position++)
            scores[position] = of.Score(itemIndexes[position]);
        ArrayPool<float>.Shared.Return(rented);
    }

    public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        if (!Knows(user.UserIndex))
            return;
        var rented = ArrayPool<float>.Shared.Rent(4 * network.Factors);
        var of = Of(user.UserIndex, rented);
        for (var item = 0; item < Items.Count; item++)
        {
            if (!Bits.IsSet(blocked, item))
                best.Offer(item, of.Score(item));
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>By the cosine of the items' rows.</summary>
    public void RetrieveSimilarItems(int itemIndex, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var norm = VectorMath.Norm(itemRows[itemIndex]);
        for (var item = 0; item < Items.Count; item++)
        {
            // The cosine with an unknown row is NaN, which is never kept.
            if (item != itemIndex && !Bits.IsSet(blocked, item))
                best.Offer(item, VectorMath.Dot(itemRows[itemIndex], itemRows[item]) / (norm * VectorMath.Norm(itemRows[item])));
        }
    }

    public bool IsSound() => AreSound(userRows) && AreSound(itemRows);

    public IScorer Rebase(KeyMap users, KeyMap items) => new NeuMfModel(users, items, Rebase(userRows, Users, users), Rebase(itemRows, Items, items), network.Weights);

    private bool Knows(int userIndex) => userIndex >= 0 && !float.IsNaN(userRows[userIndex][0]);

    private OneUser Of(int userIndex, Span<float> room)
    {
        network.OfUserRow(userRows[userIndex], room[..network.Factors], room.Slice(network.Factors, network.Factors));
        return new OneUser(this, room);
    }

    private static bool AreSound(FactorMatrix rows)
    {
        for (var row = 0; row < rows.RowCount; row++)
        {
            if (!VectorMath.AllFinite(rows[row]) && rows[row].ContainsAnyExcept(float.NaN))
                return false;
        }

        return true;
    }

    private static FactorMatrix Rebase(FactorMatrix rows, KeyMap from, KeyMap to)
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

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer)
    {
        writer.WriteKeys(Users);
        writer.WriteKeys(Items);
        writer.WriteFactors(userRows);
        writer.WriteFactors(itemRows);
        writer.WriteVector(network.Weights);
    }

    private static Func<NeuMfModel> Read(ModelReader reader)
    {
        var users = reader.ReadKeys();
        var items = reader.ReadKeys();
        var ofUsers = reader.ReadFactors();
        var ofItems = reader.ReadFactors();
        var weights = reader.ReadVector();
        return () => new NeuMfModel(users(), items(), ofUsers(), ofItems(), weights);
    }

    /// <summary>What a user brings to every item; the rest of the room is for one item after the other.</summary>
    private readonly ref struct OneUser(NeuMfModel model, Span<float> room)
    {
        private readonly Span<float> room = room;

        /// <summary>NaN where the item's row is.</summary>
        public float Score(int item)
        {
            var d = model.network.Factors;
            var row = model.itemRows[item];
            // The rectifier would make 0 of what is unknown.
            return float.IsNaN(row[0]) ? float.NaN : model.network.Score(room[..d], room.Slice(d, d), row, model.itemHidden[item], room[(2 * d)..]);
        }
    }
}
