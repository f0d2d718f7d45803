using Microsoft.AspNetCore.Routing;
using RecoService.Api.Tests.Service;
using RecoService.WebConsole;

namespace RecoService.Console.Tests.Pages;

/// <summary>The pages that a running service has, also future ones.</summary>
internal static class ConsolePages
{
    public const string LogIn = "/console/log-in";

    /// <summary>A file rather than a page; it has tests of its own.</summary>
    public const string Report = "/console/report";

    // What stands in addresses, of the demo shop.
    private static readonly Dictionary<string, string> Values = new(StringComparer.Ordinal) { ["{RunId:long}"] = "1", ["{ExperimentId}"] = "more-diverse" };

    /// <summary>Their addresses; the log-in, which is for everybody, and the report are left out.</summary>
    /// <param name="service">It runs.</param>
    /// <param name="values">Of parameters, in the place of those that the demo shop has.</param>
    public static IReadOnlyList<string> Of(TestService service, IReadOnlyDictionary<string, string>? values = null) =>
    [
        .. service.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.Metadata.GetMetadata<ConsolePage>() is not null)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/'))
            .Where(path => path != LogIn && path != Report && path.StartsWith("/console", StringComparison.Ordinal) && !path.Contains("assets", StringComparison.Ordinal))
            .Select(path => (values ?? Values).Aggregate(path, (text, value) => text.Replace(value.Key, value.Value, StringComparison.Ordinal))).Distinct(),
    ];
}
