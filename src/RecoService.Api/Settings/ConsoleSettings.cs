using System.ComponentModel.DataAnnotations;

namespace RecoService.Api.Settings;

/// <summary>The console at <c>/console</c>: pages for operators and owners.</summary>
public sealed class ConsoleSettings
{
    /// <summary>Whether there is one.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How long a session lasts without a click.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(8);

    /// <summary>How often one address may try to log in, a minute; more are answered 429.</summary>
    [Range(1, 1_000_000)]
    public int LogInTriesPerMinute { get; set; } = 10;

    /// <summary>Hosts, comma-separated, whose pictures of items pages show, as <c>https://images.example.com</c>. Without any, pages draw a picture of their own and ask no other host.</summary>
    [RegularExpression(@"\s*(https?://[A-Za-z0-9.:\-\*]+\s*(,\s*https?://[A-Za-z0-9.:\-\*]+\s*)*)?", ErrorMessage = "ImageHosts must be addresses such as https://images.example.com, separated by commas.")]
    public string ImageHosts { get; set; } = "";
}
