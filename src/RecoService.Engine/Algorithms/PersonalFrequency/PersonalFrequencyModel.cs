using System.Buffers;
using RecoService.Engine.Algorithms.Baskets;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.PersonalFrequency;

/// <summary>How the baskets of a user add up.</summary>
/// <param name="Unit">What a basket is.</param>
/// <param name="Fading">By what it fades.</param>
/// <param name="Decay">How much per basket or day.</param>
/// <param name="PopularityWeight">How much an own item's popularity adds.</param>
internal readonly record struct FrequencyFading(BasketUnit Unit, BasketFading Fading, float Decay, float PopularityWeight);

/// <summary>Own items score 1 and more, by their faded count; all others less than 1, by their popularity. It knows users by their history alone.</summary>
public sealed class PersonalFrequencyModel : IHistoryReader, IStored
{
    /// <summary>The score of the most popular item: all own items score more.</summary>
    internal const float Highest = 0.999f;

    private readonly float[] popularity;
    private readonly int[] bestFirst;
    private readonly FrequencyFading fading;

    /// <param name="users">|U| keys.</param>
    /// <param name="items">|I| keys.</param>
    /// <param name="popularity">|I| values from 0 to <see cref="Highest"/>; NaN for an item that nobody has.</param>
    /// <param name="fading">How the baskets of a user add up.</param>
    internal PersonalFrequencyModel(KeyMap users, KeyMap items, float[] popularity, FrequencyFading fading)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(popularity.Length, items.Count);
        Users = users;
        Items = items;
        this.popularity = popularity;
        this.fading = fading;
        bestFirst = [.. Enumerable.Range(0, popularity.Length).Where(item => !float.IsNaN(popularity[item])).OrderByDescending(item => popularity[item])];
    }

    /// <summary>How these models are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<PersonalFrequencyModel>("personal-frequency", 1, Read);

    public KeyMap Users { get; }

    public KeyMap Items { get; }

    public HistoryNeeds Needs => HistoryNeeds.Order | HistoryNeeds.Repeats;

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        var rented = ArrayPool<float>.Shared.Rent(user.Items.Length);
        var own = rented.AsSpan(0, user.Items.Length);
        ScoreOwn(user, own);
        for (var position = 0; position < itemIndexes.Length; position++)
        {
            var item = itemIndexes[position];
            scores[position] = user.Items.BinarySearch(item) is >= 0 and var place && own[place] > 0 ? own[place] : popularity[item];
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var rented = ArrayPool<float>.Shared.Rent(user.Items.Length);
        var own = rented.AsSpan(0, user.Items.Length);
        ScoreOwn(user, own);
        for (var place = 0; place < own.Length; place++)
        {
            if (own[place] > 0 && !Bits.IsSet(blocked, user.Items[place]))
                best.Offer(user.Items[place], own[place]);
        }

        foreach (var item in bestFirst)
        {
            if (popularity[item] < best.Threshold)
                break;
            if (!Bits.IsSet(blocked, item) && !(user.Items.BinarySearch(item) is >= 0 and var place && own[place] > 0))
                best.Offer(item, popularity[item]);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    public bool IsSound() => !popularity.AsSpan().ContainsAny(float.PositiveInfinity, float.NegativeInfinity);

    public IScorer Rebase(KeyMap users, KeyMap items)
    {
        var rebased = new float[items.Count];
        for (var index = 0; index < rebased.Length; index++)
            rebased[index] = Items.TryGetIndex(items[index], out var source) ? popularity[source] : float.NaN;
        return new PersonalFrequencyModel(users, items, rebased, fading);
    }

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer)
    {
        writer.WriteKeys(Users);
        writer.WriteKeys(Items);
        writer.WriteInt32((int)fading.Unit);
        writer.WriteInt32((int)fading.Fading);
        writer.WriteSingle(fading.Decay);
        writer.WriteSingle(fading.PopularityWeight);
        writer.WriteVector(popularity);
    }

    internal static Func<PersonalFrequencyModel> Read(ModelReader reader)
    {
        var users = reader.ReadKeys();
        var items = reader.ReadKeys();
        var read = new FrequencyFading((BasketUnit)reader.ReadInt32(), (BasketFading)reader.ReadInt32(), reader.ReadSingle(), reader.ReadSingle());
        var values = reader.ReadVector();
        return () => new PersonalFrequencyModel(users(), items(), values, read);
    }

    /// <summary>One score per item of the history; 0 for an item that the user is not for.</summary>
    private void ScoreOwn(in UserHistory user, Span<float> own)
    {
        using var baskets = new BasketSequence(user, fading.Unit);
        var rented = ArrayPool<float>.Shared.Rent(baskets.Count);
        var weights = rented.AsSpan(0, baskets.Count);
        for (var age = 0; age < weights.Length; age++)
            weights[age] = MathF.Pow(fading.Decay, fading.Fading == BasketFading.Baskets ? age : (baskets.TimeOf(0) - baskets.TimeOf(age)) / (float)TimeSpan.MillisecondsPerDay);
        baskets.Sum(weights, own);
        ArrayPool<float>.Shared.Return(rented);
        for (var place = 0; place < own.Length; place++)
        {
            // A count may have faded to nothing; the item is still the user's own.
            if (user.Weights[place] > 0)
                own[place] += 1 + (popularity[user.Items[place]] is var known && known > 0 ? fading.PopularityWeight * known : 0);
        }
    }
}
