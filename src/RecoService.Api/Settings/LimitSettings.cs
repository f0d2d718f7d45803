using System.ComponentModel.DataAnnotations;

namespace RecoService.Api.Settings;

/// <summary>The largest requests. Larger ones are refused.</summary>
public sealed class LimitSettings
{
    /// <summary>The body of an ordinary request, in bytes; the default is 4 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxRequestBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The body of an import, in bytes; the default is 4 GiB. A gzip file counts as it is sent and as it unpacks.</summary>
    [Range(1024, long.MaxValue)]
    public long MaxImportBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>How many times larger a gzip import may become when it unpacks to more than 4 MiB.</summary>
    [Range(1, 1_000_000)]
    public int MaxImportRatio { get; set; } = 200;

    /// <summary>A line of an import, in bytes; the default is 1 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxImportLineBytes { get; set; } = 1024 * 1024;

    /// <summary>The body of <c>POST /admin/models</c>, in bytes; the default is 4 GiB.</summary>
    [Range(1024, long.MaxValue)]
    public long MaxModelBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>Interactions in one POST.</summary>
    [Range(1, 100_000)]
    public int MaxInteractionsPerRequest { get; set; } = 1000;

    /// <summary>Users in one <c>POST /recommendations/batch</c>.</summary>
    [Range(1, 1_000_000)]
    public int MaxUsersPerBatch { get; set; } = 10_000;
}
