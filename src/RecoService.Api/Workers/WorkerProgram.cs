using RecoService.Api.Settings;
using RecoService.Engine.Computing;
using RecoService.Engine.Training;

namespace RecoService.Api.Workers;

/// <summary>A worker as it is started.</summary>
/// <param name="Name">As the configuration calls it.</param>
/// <param name="Command">A path, or a name on the PATH.</param>
/// <param name="Arguments">What stands before <c>describe</c> or <c>train</c>.</param>
/// <param name="MaxMemory">Bytes that it and its children may hold together.</param>
/// <param name="MaxDuration">How long one training may take.</param>
internal sealed record WorkerProgram(string Name, string Command, IReadOnlyList<string> Arguments, long MaxMemory, TimeSpan MaxDuration)
{
    public static WorkerProgram Of(string name, WorkerSettings settings) => new(
        name, settings.Command, settings.Arguments,
        settings.MaxMemoryMiB > 0 ? (long)settings.MaxMemoryMiB << 20 : TrainingMemory.DefaultLimit, settings.MaxDuration);
}
