using System.ComponentModel.DataAnnotations;

namespace RecoService.Api.Workers;

/// <summary>A program that trains: how it is started, and what it may take.</summary>
public sealed class WorkerSettings
{
    /// <summary>False leaves the worker and its trainers out. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The program, as a path or a name on the PATH; needed unless the worker comes with the service.</summary>
    public string Command { get; set; } = "";

    /// <summary>What is given to the program before <c>describe</c> or <c>train</c>, in order. Default none.</summary>
    public List<string> Arguments { get; set; } = [];

    /// <summary>How many MiB the program and its children may hold together; 0 is half of what the machine has. Default 0.</summary>
    [Range(0, 16_777_216)]
    public int MaxMemoryMiB { get; set; }

    /// <summary>How long one training may take. Default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromHours(1);
}
