using RecoService.Engine.Recommending;

namespace RecoService.Engine.Recommending.Histories;

/// <summary>All that a user did, as the store holds it now: what was corrected or taken back is not in it as it was.</summary>
/// <param name="UserKey">The store's key.</param>
/// <param name="UserId">The external id.</param>
/// <param name="Interactions">Of this user, in any order.</param>
/// <param name="Through">What the reading saw.</param>
public sealed record RewrittenUser(int UserKey, string UserId, IReadOnlyList<ServedInteraction> Interactions, ReadPoint Through);
