using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;

namespace RecoService.Api.Settings;

public enum TelemetryProtocol
{
    Grpc,
    Http,
}

/// <summary>Metrics and traces for an OpenTelemetry collector. Prometheus reads <c>/metrics</c> with an admin or a viewer key and needs no setting.</summary>
public sealed class TelemetrySettings
{
    /// <summary>The address of the collector, as <c>http://collector:4317</c>. Without one nothing is sent.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The headers that the collector asks for, as <c>name=value, name=value</c>; values are percent-encoded.</summary>
    [Secret]
    public string Headers { get; set; } = "";

    /// <summary><c>Grpc</c>, usually at port 4317, or <c>Http</c>, usually at 4318, where <c>/v1/metrics</c> and <c>/v1/traces</c> are added to the endpoint.</summary>
    public TelemetryProtocol Protocol { get; set; } = TelemetryProtocol.Grpc;

    /// <summary>The part of requests that is traced. A request that arrives with a trace follows that trace's own choice.</summary>
    [Range(0.0, 1.0)]
    public double TraceSampleRate { get; set; } = 0.1;

    /// <summary>Reads <c>name=value, name=value</c>.</summary>
    internal static bool TryReadHeaders(string text, [NotNullWhen(true)] out IReadOnlyDictionary<string, string>? headers)
    {
        headers = null;
        var read = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (pair.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var position))
                return false;
            var (name, value) = (pair[..position].Trim(), Uri.UnescapeDataString(pair[(position + 1)..].Trim()));
            if (!name.All(IsInHeaderName) || value.Length == 0 || value.Any(char.IsControl) || !read.TryAdd(name, value))
                return false;
        }

        headers = read;
        return true;
    }

    private static bool IsInHeaderName(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.';
}
