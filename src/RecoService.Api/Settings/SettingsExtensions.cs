using Quartz;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;
using RecoService.Storage;

namespace RecoService.Api.Settings;

internal static class SettingsExtensions
{
    /// <summary>In the place of a trainer's name: the run picks one.</summary>
    public const string Auto = "auto";

    /// <summary>Reads and checks all of <c>Reco</c>, and registers it with the parts that concern the process.</summary>
    /// <exception cref="InvalidSettingsException">Something is wrong; every fault is named.</exception>
    public static RecoSettings AddRecoSettings(this WebApplicationBuilder builder, TrainerRegistry trainers)
    {
        var settings = Read(builder.Configuration, trainers);
        builder.Services
            .AddSingleton(trainers)
            .AddSingleton(settings)
            .AddSingleton(settings.Limits)
            .AddSingleton(settings.RequestLog);
        return settings;
    }

    internal static RecoSettings Read(IConfiguration configuration, TrainerRegistry trainers)
    {
        var settings = new RecoSettings();
        var reader = new SettingsReader(trainers);
        reader.Read(configuration.GetSection("Reco"), settings);
        var errors = reader.Errors.Concat(CrossCheck(settings, reader, trainers)).ToList();
        return errors.Count == 0 ? settings : throw new InvalidSettingsException(errors);
    }

    private static IEnumerable<string> CrossCheck(RecoSettings settings, SettingsReader reader, TrainerRegistry trainers)
    {
        foreach (var (name, _) in settings.Workers.Where(worker => worker.Value is { Enabled: true, Command.Length: 0 } && !WorkerSettings.InFolders.ContainsKey(worker.Key)))
            yield return $"Reco:Workers:{name}:Command is missing: it names the program to start.";
        if (StorageFault(settings.Storage) is { } storageFault)
            yield return storageFault;
        var retraining = settings.Retraining;
        // A replica serves what it cannot train: where a worker is missing, nobody can tell its trainers from misspelt names, and only a run needs them.
        bool IsUnknown(string name) => !trainers.Names.Contains(name) && trainers.Absences.Count == 0;
        foreach (var name in retraining.TrainerNames().Union(TrainedBeside.Read(retraining.AlsoTrain).Select(entry => entry.Name), StringComparer.Ordinal).Where(IsUnknown))
            yield return reader.UnknownTrainer("Reco:Retraining", name);
        foreach (var fault in TrainedBeside.Read(retraining.AlsoTrain).Select(entry => entry.Fault).OfType<string>())
            yield return $"Reco:Retraining:AlsoTrain: {fault}";
        foreach (var fault in PlanFaults(retraining, reader, IsUnknown))
            yield return fault;
        foreach (var name in NamesIn(retraining.AutoCandidates).Where(IsUnknown))
            yield return reader.UnknownTrainer("Reco:Retraining:AutoCandidates", name);
        foreach (var fault in CompositionFaults(settings, trainers))
            yield return fault;
        foreach (var fault in settings.Placements.SelectMany(pair => PlacementSettings.FaultsOf(pair.Key, pair.Value, settings.Recommendations.MostExplorationShare, settings.Prediction.Enabled)))
            yield return fault;
        foreach (var fault in settings.Prediction.Faults())
            yield return fault;
        foreach (var (name, _) in settings.Placements.Where(pair => !settings.Prediction.Enabled && pair.Value.Objective is not null and not PlacementSettings.NoObjective))
            yield return $"Reco:Placements:{name}:Objective: it takes Reco:Prediction:Enabled.";
        if (CronFault(retraining.Cron) is { } cronFault)
            yield return $"Reco:Retraining:Cron: {cronFault}";
        foreach (var twice in settings.Security.ApiKeys.GroupBy(key => key.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            yield return $"Reco:Security:ApiKeys: the name '{twice.Key}' stands twice.";
        if (ProxyFault(settings.Proxy) is { } proxyFault)
            yield return proxyFault;
        foreach (var fault in TelemetryFaults(settings.Telemetry))
            yield return fault;
        foreach (var fault in settings.Security.KeyFaults())
            yield return fault;

        string? kindsFault = null;
        try
        {
            _ = KindsOf(settings.Interactions);
        }
        catch (ArgumentException exception)
        {
            kindsFault = $"Reco:Interactions: {exception.Message}";
        }

        if (kindsFault is not null)
        {
            yield return kindsFault;
            yield break;
        }

        foreach (var fault in settings.Compatibility.Faults(KindsOf(settings.Interactions)))
            yield return fault;
        foreach (var fault in settings.Attribution.Faults(KindsOf(settings.Interactions)))
            yield return fault;
    }

    internal static string? CronFault(string? cron) => cron switch
    {
        null => null,
        _ when !CronExpression.TryParse(cron, out _) => $"'{cron}' is not a cron expression; '0 0 3 * * ?' is three in the morning.",
        _ when new CronExpression(cron).GetNextValidTimeAfter(TimeProvider.System.GetUtcNow()) is null => $"'{cron}' never fires again.",
        _ => null,
    };

    /// <summary>A model belongs to one plan, or nobody could tell which run it is to be replaced by.</summary>
    private static IEnumerable<string> PlanFaults(RetrainingSettings retraining, SettingsReader reader, Func<string, bool> isUnknown)
    {
        var owners = retraining.TrainerNames().ToDictionary(name => name, _ => "Reco:Retraining", StringComparer.Ordinal);
        foreach (var (name, plan) in retraining.Plans)
        {
            var section = $"Reco:Retraining:Plans:{name}";
            if (name.Equals(ModelRun.DefaultPlan, StringComparison.OrdinalIgnoreCase) || name.Equals(ModelRun.JudgePlan, StringComparison.OrdinalIgnoreCase) || name.Length > 64)
                yield return $"{section}: a plan's name has at most 64 characters; '{ModelRun.DefaultPlan}' is the one that trains the recommender, and '{ModelRun.JudgePlan}' the one of runs that only judge.";
            if (CronFault(plan.Cron) is { } cronFault)
                yield return $"{section}:Cron: {cronFault}";
            foreach (var entry in TrainedBeside.Read(plan.Trainers))
            {
                if (isUnknown(entry.Name))
                    yield return reader.UnknownTrainer($"{section}:Trainers", entry.Name);
                if (entry.Fault is { } fault)
                    yield return $"{section}:Trainers: {fault}";
                if (!owners.TryAdd(entry.Name, section))
                    yield return $"{section}:Trainers: '{entry.Name}' is trained by {owners[entry.Name]} already.";
            }
        }
    }

    private static string? ProxyFault(ProxySettings settings)
    {
        try
        {
            _ = ProxySettings.NetworksIn(settings.Trusted);
            return null;
        }
        catch (FormatException exception)
        {
            return $"Reco:Proxy:Trusted: {exception.Message}.";
        }
    }

    private static IEnumerable<string> TelemetryFaults(TelemetrySettings settings)
    {
        if (settings.Endpoint is { } endpoint && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
            yield return $"Reco:Telemetry:Endpoint: '{endpoint}' is not an address such as http://collector:4317.";
        // What is wrong is not quoted: a header holds a secret.
        if (!TelemetrySettings.TryReadHeaders(settings.Headers, out _))
            yield return "Reco:Telemetry:Headers must be name=value pairs with commas between, and values percent-encoded.";
        else if (settings.Headers.Length > 0 && settings.Endpoint is null)
            yield return "Reco:Telemetry:Headers are set without Reco:Telemetry:Endpoint.";
    }

    private static string? StorageFault(StoreSettings settings)
    {
        try
        {
            settings.ToStorage().Check();
            return null;
        }
        catch (StorageConfigurationException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>What is wrong with the trainers that are made of others: a component that is unknown, or a trainer made of itself.</summary>
    private static IEnumerable<string> CompositionFaults(RecoSettings settings, TrainerRegistry trainers)
    {
        foreach (var name in settings.Retraining.TrainerNames().Concat(settings.Retraining.PlannedTrainers().Select(entry => entry.Name)).Union(settings.Trainers.Keys, StringComparer.Ordinal).Where(trainers.Names.Contains))
        {
            string? fault = null;
            try
            {
                _ = trainers.OptionsOf(name, settings.Trainers);
            }
            catch (ArgumentException exception)
            {
                fault = $"Reco:Trainers:{name}: {exception.Message}";
            }

            if (fault is not null)
                yield return fault;
        }
    }

    /// <summary>The recommender first, unless a run picks it; the baseline always and last, since it tops up what the others leave open; none twice.</summary>
    public static IReadOnlyList<string> TrainerNames(this RetrainingSettings settings) =>
    [
        .. TrainedBeside.Read(settings.AlsoTrain).Select(entry => entry.Name).Append(TrainerRegistry.Baseline)
            .Prepend(TrainerRegistry.NameOf(settings.Recommender)).Where(name => name != Auto).Distinct(StringComparer.Ordinal),
    ];

    /// <summary>What a model beside the recommender is asked for, also where its trainer is a worker's that is not here.</summary>
    public static ModelRoles RolesOf(this RetrainingSettings settings, string trainer, TrainerRegistry trainers)
    {
        var entry = TrainedBeside.Read(settings.AlsoTrain).Concat(settings.PlannedTrainers()).FirstOrDefault(entry => entry.Name == trainer);
        return entry is not null || trainers.Names.Contains(trainer) ? (entry ?? new TrainedBeside(trainer, null)).RolesIn(trainers) : ModelRoles.None;
    }

    /// <summary>What all plans but the default train.</summary>
    public static IEnumerable<TrainedBeside> PlannedTrainers(this RetrainingSettings settings) => settings.Plans.Values.SelectMany(plan => TrainedBeside.Read(plan.Trainers));

    /// <summary>The plan that a trainer's models belong to: another than the default one where it names the trainer.</summary>
    public static string PlanOf(this RetrainingSettings settings, string trainer) =>
        settings.Plans.FirstOrDefault(plan => TrainedBeside.Read(plan.Value.Trainers).Any(entry => entry.Name == trainer)).Key ?? ModelRun.DefaultPlan;

    /// <summary>How many threads a training uses, at least 1: a core is left to requests.</summary>
    public static int ThreadCount(this RetrainingSettings settings) => settings.Threads > 0 ? settings.Threads : Math.Max(1, Environment.ProcessorCount - 1);

    public static bool PicksRecommender(this RetrainingSettings settings) => settings.Recommender == Auto;

    /// <summary>What a run picks from: the trainers named, or all that make lists and are worth a try.</summary>
    /// <param name="settings">Name them, or not.</param>
    /// <param name="trainers">What there is.</param>
    /// <param name="isFirstModel">Whether no judged model serves yet, so that the shop waits for this one.</param>
    /// <param name="canRepeat">Whether what users want most may be taken again.</param>
    public static IReadOnlyList<string> CandidateNames(this RetrainingSettings settings, TrainerRegistry trainers, bool isFirstModel, bool canRepeat) =>
        NamesIn(settings.AutoCandidates) is { Count: > 0 } names ? names : trainers.AutoNamesFor(TrainerTarget.Ranking, isFirstModel, canRepeat);

    private static List<string> NamesIn(string list) =>
        [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(TrainerRegistry.NameOf).Distinct(StringComparer.Ordinal)];

    internal static InteractionKinds KindsOf(InteractionSettings settings)
    {
        var kinds = Enumerable.Range(0, InteractionKinds.Default.Count).Select(index => InteractionKinds.Default[index])
            .ToDictionary(kind => kind.Name, StringComparer.Ordinal);
        foreach (var (name, kind) in settings.Kinds)
            kinds[name] = KindOf(kinds.GetValueOrDefault(name) ?? new InteractionKind(name, kind.Undoes is null ? 1 : 0, Consumes: false), kind);
        return new InteractionKinds(kinds.Values, settings.RatingMin, settings.RatingMax, settings.HalfLifeDays);
    }

    /// <summary>What the settings say of a kind, and of the rest what was there.</summary>
    private static InteractionKind KindOf(InteractionKind before, KindSettings settings) => new(
        before.Name, settings.Weight ?? (settings.Undoes is null ? before.Weight : 0), settings.Consumes ?? (settings.ConsumesForDays is not null || before.Consumes))
    {
        ConsumesForDays = settings.ConsumesForDays ?? (settings.Consumes == false ? null : before.ConsumesForDays),
        // A shop's own kind of that name that speaks for itself undoes nothing, unless it says so.
        Undoes = settings.Undoes ?? (settings.Weight is null or 0 && settings.Consumes is not true ? before.Undoes : null),
    };
}
