using System.Text;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using RecoService.Api.Tests.Edges;
using RecoService.WebConsole;

namespace RecoService.Api.Tests.Service;

/// <summary>A call that the running service has, with made-up ids in its path: for tests of what holds for every endpoint, also a future one.</summary>
internal sealed record Call(string Name, string Method, string Path, string? ContentType)
{
    public static List<Call> AllOf(TestService service) =>
    [
        .. from endpoint in service.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           where endpoint.Metadata.GetMetadata<ConsolePage>() is null
           from method in endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods
           select new Call(
               endpoint.Metadata.GetRequiredMetadata<IEndpointNameMetadata>().EndpointName, method,
               endpoint.RoutePattern.RawText!.Replace("{runId}", "999999", StringComparison.Ordinal).Replace("{version}", "999999", StringComparison.Ordinal)
                   .Replace('{', '_').Replace('}', '_'),
               endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes[0]),
    ];

    public HttpRequestMessage ToRequest(TestService service, string query = "") =>
        Refusal.Request(service, Method, Path + query, Method is "GET" or "DELETE" ? null : Encoding.UTF8.GetBytes("nonsense"), ContentType);
}
