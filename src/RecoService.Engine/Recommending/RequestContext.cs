namespace RecoService.Engine.Recommending;

/// <summary>What one request knows.</summary>
/// <param name="UserIndex">The user's index in the serving state, or -1 for a user nobody has heard of.</param>
public readonly record struct RequestContext(int UserIndex);
