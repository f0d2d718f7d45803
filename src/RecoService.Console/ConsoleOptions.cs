namespace RecoService.WebConsole;

/// <summary>What the host says of the console.</summary>
public sealed class ConsoleOptions
{
    /// <summary>How long a session lasts without a click.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(8);

    /// <summary>Whether anybody may visit the demo storefront.</summary>
    public bool HasStorefront { get; set; }

    /// <summary>How often one address may try to log in, a minute.</summary>
    public int LogInTriesPerMinute { get; set; } = 10;

    /// <summary>The largest file that the page of imports takes, in bytes.</summary>
    public long MaxImportBytes { get; set; } = 30_000_000;

    /// <summary>Hosts whose pictures of items pages show, as <c>https://images.example.com</c>; without any, pictures are drawn.</summary>
    public IReadOnlyList<string> ImageHosts { get; set; } = [];
}
