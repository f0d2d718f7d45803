using RecoService.Engine.Data;

namespace RecoService.Engine.Recommending;

/// <summary>What one request knows.</summary>
/// <param name="user">The user and what he did, over the indexes of the serving state; items and users that arrived after it was built included.</param>
/// <param name="consumed">The items that are not shown to him any more.</param>
public readonly ref struct RequestContext(UserHistory user, ReadOnlySpan<int> consumed)
{
    public UserHistory User { get; } = user;

    /// <summary>Item indexes of the serving state, in no order.</summary>
    public ReadOnlySpan<int> Consumed { get; } = consumed;
}
