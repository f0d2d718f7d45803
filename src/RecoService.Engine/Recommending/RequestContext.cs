using RecoService.Engine.Data;

namespace RecoService.Engine.Recommending;

/// <summary>What one request knows.</summary>
/// <param name="user">The user and what he did, over the indexes of the serving state; items and users that arrived after it was built included.</param>
public readonly ref struct RequestContext(UserHistory user)
{
    public UserHistory User { get; } = user;
}
