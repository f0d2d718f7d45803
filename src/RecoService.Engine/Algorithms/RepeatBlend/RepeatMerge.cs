using System.Buffers;
using RecoService.Engine.Composition;
using RecoService.Engine.Data;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.RepeatBlend;

/// <summary>
/// Merges two lists: the user's own items, in the order of the first part, and new ones, in the order of the second. Of the first n places, whatever n is, a share is for own
/// items, rounded up; where either list ends, the other goes on. An item that its part does not know stands behind those that it does, in the order of the other part.
/// </summary>
public sealed class RepeatMerge : IRanker, IStored
{
    private const int Repeat = 0;
    private const int Explore = 1;

    /// <summary>So that ten places of a share of 0.7 are seven, whatever the last bit of a product says.</summary>
    private const double Rounding = 1e-6;

    private readonly float share;

    /// <param name="share">Of the places that are for own items, 0 to 1.</param>
    public RepeatMerge(float share) => this.share = share;

    /// <summary>How these are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<RepeatMerge>("repeat-merge", 1, Read);

    /// <summary>The share of the places that are for own items, 0 to 1.</summary>
    public float Share => share;

    bool IRanker.RanksAgainstOwnList => false;

    bool IRanker.Fits(int partCount, int itemCount) => partCount == 2;

    public void Rank(in UserHistory user, CandidateSet candidates, CandidateSet own)
    {
        var places = ArrayPool<int>.Shared.Rent(candidates.Count);
        var ownCount = Order(user, candidates, places);
        var scores = candidates.Scores;
        var (nextOwn, nextNew) = (0, ownCount);
        for (var taken = 0; taken < candidates.Count; taken++)
        {
            // From 1 up: fallbacks score below 0.
            var place = IsForOwn(taken, nextOwn, ownCount - nextOwn, candidates.Count - nextNew, share) ? places[nextOwn++] : places[nextNew++];
            scores[place] = candidates.Count - taken;
        }

        ArrayPool<int>.Shared.Return(places);
    }

    public bool IsSound() => share is >= 0 and <= 1;

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer) => writer.WriteSingle(share);

    /// <summary>Whether the next place is for an own item.</summary>
    /// <param name="taken">How many places are taken.</param>
    /// <param name="ownTaken">How many of them by own items.</param>
    /// <param name="ownLeft">How many own items are left.</param>
    /// <param name="newLeft">How many new ones.</param>
    /// <param name="share">Of the places that are for own items.</param>
    internal static bool IsForOwn(int taken, int ownTaken, int ownLeft, int newLeft, double share) =>
        newLeft == 0 || (ownLeft > 0 && ownTaken < ((taken + 1) * share) - Rounding);

    /// <summary>Puts own items first and new ones behind them, each in their order.</summary>
    /// <param name="user">Whose candidates they are.</param>
    /// <param name="candidates">Of two parts.</param>
    /// <param name="places">Takes the places of the candidates.</param>
    /// <returns>How many are the user's own.</returns>
    internal static int Order(in UserHistory user, CandidateSet candidates, Span<int> places)
    {
        places = places[..candidates.Count];
        var rented = ArrayPool<Key>.Shared.Rent(candidates.Count);
        var keys = rented.AsSpan(0, candidates.Count);
        var repeat = candidates.Column(Repeat);
        var explore = candidates.Column(Explore);
        var ownCount = 0;
        var newFrom = candidates.Count;
        for (var place = 0; place < candidates.Count; place++)
        {
            var item = candidates.Items[place];
            var isOwn = user.Items.BinarySearch(item) is >= 0 and var index && user.Weights[index] > 0;
            var slot = isOwn ? ownCount++ : --newFrom;
            places[slot] = place;
            keys[slot] = isOwn ? new Key(item, repeat[place], explore[place]) : new Key(item, explore[place], repeat[place]);
        }

        keys[..ownCount].Sort(places[..ownCount], Compare);
        keys[ownCount..].Sort(places[ownCount..], Compare);
        ArrayPool<Key>.Shared.Return(rented);
        return ownCount;
    }

    private static Func<RepeatMerge> Read(ModelReader reader)
    {
        var read = reader.ReadSingle();
        return () => new RepeatMerge(read);
    }

    /// <summary>The better first: by the score of the part that decides, NaN below every number, then by the other's, of equal ones the lower index.</summary>
    private static int Compare(Key left, Key right) => right.Score.CompareTo(left.Score) is not 0 and var order ? order
        : float.IsNaN(left.Score) && right.Other.CompareTo(left.Other) is not 0 and var behind ? behind
        : left.Item.CompareTo(right.Item);

    private readonly record struct Key(int Item, float Score, float Other);
}
