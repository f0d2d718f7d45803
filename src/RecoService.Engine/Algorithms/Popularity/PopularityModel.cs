using System.Buffers;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Popularity;

/// <summary>One score per item, the same for every user, users it has never seen included.</summary>
public sealed class PopularityModel : IExplainableScorer, IAttributeScorer, IStored
{
    private readonly float[] scores;
    private readonly int[] bestFirst;
    private GroupPopularity? groups;

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
    public static StoredFormat Format { get; } = new StoredFormat<PopularityModel>("popularity", 2, Read);

    public KeyMap Users { get; }

    public KeyMap Items { get; }

    internal ReadOnlySpan<float> Scores => scores;

    bool IAttributeScorer.KnowsAttributes => groups is not null;

    /// <summary>The same model, able to say what is popular among users with some attributes.</summary>
    internal PopularityModel With(GroupPopularity? popularAmong) => new(Users, Items, scores) { groups = popularAmong };

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

    /// <summary>What is popular among users with the same attributes; items that nobody is for are left out.</summary>
    void IAttributeScorer.RetrieveFor(UserContent content, ReadOnlySpan<ulong> blocked, TopK best)
    {
        if (groups is null)
            return;
        var rented = ArrayPool<float>.Shared.Rent(Items.Count);
        var sums = rented.AsSpan(0, Items.Count);
        groups.FillShares(sums);
        if (groups.TryAdd(content, sums))
        {
            for (var item = 0; item < sums.Length; item++)
            {
                if (sums[item] >= best.Threshold && !float.IsNegativeInfinity(sums[item]) && !Bits.IsSet(blocked, item))
                    best.Offer(item, sums[item]);
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    public bool IsSound() => groups?.IsSound() != false && !scores.AsSpan().ContainsAny(float.PositiveInfinity, float.NegativeInfinity);

    public IScorer Rebase(KeyMap users, KeyMap items)
    {
        var rebased = new float[items.Count];
        for (var index = 0; index < rebased.Length; index++)
            rebased[index] = Items.TryGetIndex(items[index], out var source) ? scores[source] : float.NaN;
        return new PopularityModel(users, items, rebased) { groups = groups?.Rebase(Items, items) };
    }

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer)
    {
        writer.WriteKeys(Users);
        writer.WriteKeys(Items);
        writer.WriteVector(scores);
        writer.WriteInt32(groups is null ? 0 : 1);
        groups?.Write(writer);
    }

    internal static Func<PopularityModel> Read(ModelReader reader)
    {
        var users = reader.ReadKeys();
        var items = reader.ReadKeys();
        var values = reader.ReadVector();
        var readGroups = reader.ReadInt32() != 0 ? GroupPopularity.Read(reader, values.Length) : null;
        return () => new PopularityModel(users(), items(), values) { groups = readGroups?.Invoke() };
    }
}
