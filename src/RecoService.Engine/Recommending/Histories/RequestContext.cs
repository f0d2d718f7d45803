using RecoService.Engine.Data;
using RecoService.Engine.Recommending;

namespace RecoService.Engine.Recommending.Histories;

/// <summary>What one request knows.</summary>
/// <param name="user">The user and what they did, over the indexes of the serving state; items and users that arrived after it was built included.</param>
/// <param name="consumed">The items that the user has consumed.</param>
public readonly ref struct RequestContext(UserHistory user, ReadOnlySpan<int> consumed)
{
    /// <param name="user">The user and what they did.</param>
    /// <param name="consumed">The items that the user has consumed.</param>
    /// <param name="consumedTimes">When; one per item.</param>
    public RequestContext(UserHistory user, ReadOnlySpan<int> consumed, ReadOnlySpan<ConsumedTime> consumedTimes)
        : this(user, consumed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(consumedTimes.Length, consumed.Length);
        ConsumedTimes = consumedTimes;
    }

    public UserHistory User { get; } = user;

    /// <summary>Item indexes of the serving state, in no order.</summary>
    public ReadOnlySpan<int> Consumed { get; } = consumed;

    /// <summary>When they were consumed; empty: they stay consumed for ever.</summary>
    public ReadOnlySpan<ConsumedTime> ConsumedTimes { get; } = [];
}
