using Microsoft.Net.Http.Headers;

namespace RecoService.Api.Http;

/// <summary>What is stored is not what the request's conditions demand; answered with 412.</summary>
/// <param name="reason">Why.</param>
/// <param name="current">The tag of what is stored; null when there is nothing.</param>
internal sealed class PreconditionFailedException(string reason, EntityTagHeaderValue? current) : Exception(reason)
{
    public EntityTagHeaderValue? Current => current;
}
