using System.Buffers;
using RecoService.Engine.Data;

namespace RecoService.Engine.Algorithms.Factors;

/// <summary>
/// What folding in looks at of a history: items the model knows, and only the newest of them where there are very many, so that a robot's history
/// cannot make a request slow. A copy is made, in pooled arrays, only where something is left out.
/// </summary>
internal readonly ref struct FoldInHistory : IDisposable
{
    /// <summary>The newest so many items of a history count.</summary>
    public const int MaxItems = 1_000;

    private readonly int[]? items;
    private readonly float[]? weights;
    private readonly long[]? times;
    private readonly float[]? ratings;

    public FoldInHistory(in UserHistory user, FactorModel model)
    {
        var known = 0;
        foreach (var item in user.Items)
            known += model.KnowsItem(item) ? 1 : 0;
        if (known == user.Items.Length && known <= MaxItems)
        {
            Kept = user;
            return;
        }

        items = ArrayPool<int>.Shared.Rent(known);
        weights = ArrayPool<float>.Shared.Rent(known);
        times = ArrayPool<long>.Shared.Rent(known);
        ratings = ArrayPool<float>.Shared.Rent(known);
        var (oldest, ofOldest) = known <= MaxItems ? (long.MinValue, MaxItems) : OldestOf(user, model, known);
        var count = 0;
        for (var position = 0; position < user.Items.Length; position++)
        {
            // Of items as old as the oldest, those of low index are kept.
            if (user.Times[position] < oldest || !model.KnowsItem(user.Items[position]) || (user.Times[position] == oldest && --ofOldest < 0))
                continue;
            items[count] = user.Items[position];
            weights[count] = user.Weights[position];
            times[count] = user.Times[position];
            ratings[count++] = user.Ratings[position];
        }

        Kept = new UserHistory(user.UserIndex, items.AsSpan(0, count), weights.AsSpan(0, count), times.AsSpan(0, count), ratings.AsSpan(0, count));
    }

    /// <summary>Valid until it is disposed of.</summary>
    public UserHistory Kept { get; }

    public void Dispose()
    {
        if (items is null)
            return;
        ArrayPool<int>.Shared.Return(items);
        ArrayPool<float>.Shared.Return(weights!);
        ArrayPool<long>.Shared.Return(times!);
        ArrayPool<float>.Shared.Return(ratings!);
    }

    /// <summary>The time of the oldest item that is kept, and how many of exactly that time are.</summary>
    private static (long Time, int Count) OldestOf(in UserHistory user, FactorModel model, int known)
    {
        var rented = ArrayPool<long>.Shared.Rent(known);
        var ascending = rented.AsSpan(0, known);
        var next = 0;
        for (var position = 0; position < user.Items.Length; position++)
        {
            if (model.KnowsItem(user.Items[position]))
                ascending[next++] = user.Times[position];
        }

        ascending.Sort();
        var kept = ascending[^MaxItems..];
        var oldest = (kept[0], kept.LastIndexOf(kept[0]) + 1);
        ArrayPool<long>.Shared.Return(rented);
        return oldest;
    }
}
