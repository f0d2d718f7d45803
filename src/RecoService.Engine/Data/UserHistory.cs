namespace RecoService.Engine.Data;

/// <summary>What a model is asked about: a user's index in the model, and what they did. Lives as long as the arrays it looks into.</summary>
public readonly ref struct UserHistory
{
    /// <summary>A user of whom nothing is known but their index.</summary>
    /// <param name="userIndex">An index of the model's users, or -1 for a user the model does not know.</param>
    public UserHistory(int userIndex) => UserIndex = userIndex;

    /// <param name="userIndex">An index of the model's users, or -1 for a user the model does not know.</param>
    /// <param name="items">Indexes of the model's items, distinct and ascending.</param>
    /// <param name="weights">One per item.</param>
    /// <param name="times">One per item.</param>
    /// <param name="ratings">One per item.</param>
    /// <param name="events">The single interactions, where they are kept.</param>
    public UserHistory(
        int userIndex, ReadOnlySpan<int> items, ReadOnlySpan<float> weights, ReadOnlySpan<long> times, ReadOnlySpan<float> ratings, UserEvents events = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, items.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(times.Length, items.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(ratings.Length, items.Length);
        UserIndex = userIndex;
        Items = items;
        Weights = weights;
        Times = times;
        Ratings = ratings;
        Events = events;
    }

    /// <summary>An index of the model's users, or -1.</summary>
    public int UserIndex { get; }

    /// <summary>Indexes of the model's items, distinct and ascending.</summary>
    public ReadOnlySpan<int> Items { get; }

    /// <summary>The summed weight of their interactions with each item; above 0 for, below 0 against.</summary>
    public ReadOnlySpan<float> Weights { get; }

    /// <summary>Unix milliseconds of their last interaction with each item.</summary>
    public ReadOnlySpan<long> Times { get; }

    /// <summary>Their last rating of each item, NaN where they gave none.</summary>
    public ReadOnlySpan<float> Ratings { get; }

    /// <summary>The single interactions, oldest first. Training always has them; a serving state keeps them where a model of it needs them.</summary>
    public UserEvents Events { get; }

    /// <summary>The same history for a model of so many users and items: what has a higher index arrived after it, and is unknown to it.</summary>
    public UserHistory Within(int userCount, int itemCount)
    {
        var count = Items.Length;
        while (count > 0 && Items[count - 1] >= itemCount)
            count--;
        return new UserHistory(UserIndex < userCount ? UserIndex : -1, Items[..count], Weights[..count], Times[..count], Ratings[..count], Events);
    }
}
