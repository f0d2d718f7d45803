using System.Collections.Concurrent;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Evaluation;

/// <summary>What lists are like, whether or not they hit: how unexpected their items are, and how different from each other. Safe to share between threads.</summary>
/// <param name="train">The train part; an item is the 0/1 vector of the users who have it.</param>
internal sealed class ListTraits(InteractionDataset train)
{
    private readonly SparseMatrix itemUsers = train.ItemUsers;
    private readonly double userCount = Enumerable.Range(0, train.Users.Count).Count(user => train.UserCount(user) > 0);
    private readonly ConcurrentDictionary<(int Low, int High), double> cosines = new();

    /// <summary>Mean of -log2(share of the training users that have the item), bits; NaN for an empty list.</summary>
    public double Novelty(ReadOnlySpan<int> list)
    {
        var sum = 0.0;
        foreach (var item in list)
            sum += Math.Log2(Math.Max(userCount, 1) / Math.Max(itemUsers.RowLength(item), 1));
        return list.IsEmpty ? double.NaN : sum / list.Length;
    }

    /// <summary>1 - the mean cosine of all pairs; NaN for fewer than two items.</summary>
    public double Diversity(ReadOnlySpan<int> list)
    {
        if (list.Length < 2)
            return double.NaN;
        var sum = 0.0;
        for (var second = 1; second < list.Length; second++)
        {
            foreach (var first in list[..second])
                sum += Cosine(Math.Min(first, list[second]), Math.Max(first, list[second]));
        }

        return 1 - (sum / (list.Length * (list.Length - 1L) / 2));
    }

    /// <summary>Popular items meet in list after list, so each pair is worked out once.</summary>
    private double Cosine(int low, int high)
    {
        if (cosines.TryGetValue((low, high), out var known))
            return known;
        var first = itemUsers.RowColumns(low);
        var second = itemUsers.RowColumns(high);
        var cosine = first.IsEmpty || second.IsEmpty ? 0 : CountShared(first, second) / Math.Sqrt((double)first.Length * second.Length);
        cosines[(low, high)] = cosine;
        return cosine;
    }

    private static int CountShared(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        var (shared, position) = (0, 0);
        foreach (var user in first)
        {
            while (position < second.Length && second[position] < user)
                position++;
            if (position < second.Length && second[position] == user)
                shared++;
        }

        return shared;
    }
}
