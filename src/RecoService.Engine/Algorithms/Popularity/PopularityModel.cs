using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Popularity;

/// <summary>One score per item, the same for every user, users it has never seen included.</summary>
public sealed class PopularityModel : IExplainableScorer, IStored
{
    private readonly float[] scores;
    private readonly int[] bestFirst;

    /// <param name="users">|U| keys.</param>
    /// <param name="items">|I| keys.</param>
    /// <param name="scores">|I| values; NaN for an item without interactions.</param>
    public PopularityModel(KeyMap users, KeyMap items, float[] scores)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(scores.Length, items.Count);
        Users = users;
        Items = items;
        this.scores = scores;
        bestFirst = [.. Enumerable.Range(0, scores.Length).Where(item => !float.IsNaN(scores[item])).OrderByDescending(item => scores[item])];
    }

    /// <summary>How these models are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<PopularityModel>("popularity", 1, Read);

    public KeyMap Users { get; }

    public KeyMap Items { get; }

    internal ReadOnlySpan<float> Scores => scores;

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        for (var position = 0; position < itemIndexes.Length; position++)
            scores[position] = this.scores[itemIndexes[position]];
    }

    /// <summary>No item of a history adds anything.</summary>
    public void Contributions(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> contributions, Span<ReasonCode> codes)
    {
        contributions[..(itemIndexes.Length * user.Items.Length)].Clear();
        codes[..itemIndexes.Length].Fill(ReasonCode.Popular);
    }

    public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        foreach (var item in bestFirst)
        {
            if (scores[item] < best.Threshold)
                return;
            if (!Bits.IsSet(blocked, item))
                best.Offer(item, scores[item]);
        }
    }

    public bool IsSound() => !scores.AsSpan().ContainsAny(float.PositiveInfinity, float.NegativeInfinity);

    public IScorer Rebase(KeyMap users, KeyMap items)
    {
        var rebased = new float[items.Count];
        for (var index = 0; index < rebased.Length; index++)
            rebased[index] = Items.TryGetIndex(items[index], out var source) ? scores[source] : float.NaN;
        return new PopularityModel(users, items, rebased);
    }

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer)
    {
        writer.WriteKeys(Users);
        writer.WriteKeys(Items);
        writer.WriteVector(scores);
    }

    internal static Func<PopularityModel> Read(ModelReader reader)
    {
        var users = reader.ReadKeys();
        var items = reader.ReadKeys();
        var values = reader.ReadVector();
        return () => new PopularityModel(users(), items(), values);
    }
}
