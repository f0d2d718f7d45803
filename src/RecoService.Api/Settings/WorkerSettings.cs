using System.ComponentModel.DataAnnotations;

namespace RecoService.Api.Settings;

/// <summary>A program that trains, under a name of your own: how it is started, and what it may take. [workers.md](workers.md) tells how to write one.</summary>
public sealed class WorkerSettings
{
    /// <summary>The workers that need no command, because they stand in folders of theirs beside the service: ML.NET, which comes with it, and neural networks, where somebody installed them.</summary>
    internal static readonly IReadOnlyDictionary<string, string> InFolders =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["mlnet"] = "RecoService.MlNet.dll", ["neural"] = "RecoService.Neural.dll" };

    /// <summary>Whether the worker is used; <c>false</c> leaves it and its trainers out.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The program, as a path or a name on the PATH; needed, except for <c>mlnet</c>, which comes with the service, and <c>neural</c>, which may be installed beside it.</summary>
    public string Command { get; set; } = "";

    /// <summary>What the program is given before <c>describe</c> or <c>train</c>, in order.</summary>
    [Secret]
    public List<string> Arguments { get; set; } = [];

    /// <summary>How many MiB the program and its children may hold together; 0 is half of what the machine has. <c>Retraining:MemoryLimitMiB</c> bounds it too.</summary>
    [Range(0, 16_777_216)]
    public int MaxMemoryMiB { get; set; }

    /// <summary>How long one training may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromHours(1);
}
