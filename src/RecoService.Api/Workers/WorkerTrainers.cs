using System.Text;
using RecoService.Api.Settings;
using RecoService.Engine.Training;

namespace RecoService.Api.Workers;

/// <summary>The trainers of the workers that are configured or come with the service, beside those of the engine.</summary>
internal static class WorkerTrainers
{
    private static readonly TimeSpan DescribePatience = TimeSpan.FromSeconds(30);

    /// <summary>A registry that knows the trainers of every worker that describes itself; why others are missing is said in <see cref="TrainerRegistry.Absences"/>.</summary>
    /// <param name="registry">What is known without them.</param>
    /// <param name="configuration">Its <c>Reco:Workers</c> are read; what is wrong there is reported by whoever reads all settings.</param>
    public static TrainerRegistry AddTo(TrainerRegistry registry, IConfiguration configuration)
    {
        var settings = new WorkersOnly();
        new SettingsReader(registry).Read(configuration.GetSection("Reco"), settings, onlyKnown: true);
        foreach (var (name, worker) in InstalledWorkers.Among(settings.Workers).OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!worker.Settings.Enabled)
                continue;
            registry = worker.Settings.Command.Length > 0
                ? Add(registry, WorkerProgram.Of(name, worker.Settings), worker.DescriptionFile)
                : registry.WithAbsence($"Worker '{name}' is left out with its trainers: it is not installed in {InstalledWorkers.FolderOf(name)}, and Reco:Workers:{name}:Command names no other program.");
        }

        return registry;
    }

    private static TrainerRegistry Add(TrainerRegistry registry, WorkerProgram program, string? descriptionFile)
    {
        try
        {
            var described = WorkerDescription.Read(descriptionFile is null ? Describe(program) : File.ReadAllText(descriptionFile));
            if (described.FirstOrDefault(trainer => registry.Names.Contains(TrainerRegistry.NameOf(trainer.Name))) is { } taken)
                throw new WorkerException($"it describes the trainer '{taken.Name}', and there is one of that name already");
            foreach (var trainer in described)
                registry = registry.With(trainer.Name, trainer.Options, (options, trainers) => new WorkerTrainer(program, trainer, options, trainers, TimeProvider.System), trainer.Target, trainer.Auto);
            return registry;
        }
        catch (Exception exception) when (exception is WorkerException or IOException or UnauthorizedAccessException)
        {
            return registry.WithAbsence($"Worker '{program.Name}' is left out with its trainers: {exception.Message.TrimEnd('.')}.");
        }
    }

    private static string Describe(WorkerProgram program)
    {
        var text = new StringBuilder();
        new WorkerRun(program, TimeProvider.System).Run(
            ["describe"], DescribePatience, program.MaxMemory, line => text.AppendLine(line), () => null, CancellationToken.None);
        return text.ToString();
    }

    /// <summary>What of the settings must be known before the rest can be read.</summary>
    private sealed class WorkersOnly
    {
        public Dictionary<string, WorkerSettings> Workers { get; set; } = [];
    }
}
