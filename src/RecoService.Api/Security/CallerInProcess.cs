namespace RecoService.Api.Security;

/// <summary>Stands in a request that comes from this process: who makes it. No client can put it there.</summary>
/// <param name="Caller">Null for somebody without a key.</param>
internal sealed record CallerInProcess(ApiKeyCaller? Caller);
