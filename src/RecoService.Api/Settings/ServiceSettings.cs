using System.ComponentModel.DataAnnotations;
using System.Net;
using RecoService.Api.Http;

namespace RecoService.Api.Settings;

/// <summary>Which requests are logged. Errors always are.</summary>
public sealed class RequestLogSettings
{
    /// <summary>The part of successful requests for lists that is logged.</summary>
    [Range(0.0, 1.0)]
    public double SampleRate { get; set; } = 0.01;

    /// <summary>How many lines a minute all callers without a valid key have together. The rest is counted.</summary>
    [Range(0, 1_000_000)]
    public int UnauthenticatedPerMinute { get; set; } = 60;

    /// <summary>A request that takes longer is always logged.</summary>
    [Range(1, 600_000)]
    public int SlowMilliseconds { get; set; } = 500;
}

/// <summary>Swagger UI and the OpenAPI document.</summary>
public sealed class SwaggerSettings
{
    /// <summary>Whether they are offered. Without a value they are in Development only.</summary>
    public bool? Enabled { get; set; }

    internal bool EnabledIn(IHostEnvironment environment) => Enabled ?? environment.IsDevelopment();
}

/// <summary>Proxies in front of the service.</summary>
public sealed class ProxySettings
{
    private static readonly char[] Separators = [',', ' '];

    /// <summary>Addresses and networks, comma-separated, whose <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Prefix</c> are believed, as
    /// <c>10.0.0.0/8, 192.0.2.7</c>. Those of this machine always are.</summary>
    public string Trusted { get; set; } = "";

    /// <summary>Addresses and networks as <c>10.0.0.0/8, 192.0.2.7</c>.</summary>
    /// <exception cref="FormatException">One of them is none.</exception>
    internal static IReadOnlyList<IPNetwork> NetworksIn(string list) =>
        [.. list.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseNetwork)];

    private static IPNetwork ParseNetwork(string text) =>
        IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : IPNetwork.TryParse(text, out var network) ? network
        : throw new FormatException($"'{text}' is neither an address nor a network such as 10.0.0.0/8");
}

/// <summary>How the service ends.</summary>
public sealed class ShutdownSettings
{
    /// <summary>How long a service that is told to stop answers 503 at <c>/health/ready</c> and goes on answering everything else. Without a value 5 s, and in
    /// Development 0.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan? Drain { get; set; }

    internal TimeSpan DrainIn(IHostEnvironment environment) => Drain ?? (environment.IsDevelopment() ? TimeSpan.Zero : TimeSpan.FromSeconds(5));
}

public enum LogFormat
{
    Text,
    Json,
}

/// <summary>The log on standard output. Sinks in <c>Serilog:WriteTo</c> take its place.</summary>
public sealed class LogSettings
{
    /// <summary><c>Text</c> for people, or <c>Json</c> for a log collector: one object a line and nothing else.</summary>
    public LogFormat Format { get; set; } = LogFormat.Text;
}

/// <summary>The synthetic shop.</summary>
public sealed class DemoSettings
{
    /// <summary>Whether an empty store is filled with it. Without a value it is in Development only.</summary>
    public bool? Enabled { get; set; }

    /// <summary>Whether a small shop over the catalogue stands at <c>/demo</c>, open to anybody, whose visits are stored like those of any shop. Without a value it is in Development only.</summary>
    public bool? Storefront { get; set; }

    internal bool StorefrontIn(IHostEnvironment environment) => Storefront ?? environment.IsDevelopment();
}
