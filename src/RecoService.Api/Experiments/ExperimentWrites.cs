using RecoService.Api.Serving;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Experiments;

/// <summary>What became of a change.</summary>
/// <param name="Stored">The new revision; null: nothing was changed.</param>
/// <param name="Conflict">Why not; null beside no revision: there is no such experiment.</param>
/// <param name="IsNew">Whether there was none before.</param>
internal readonly record struct ExperimentWrite(StoredDefinition? Stored, string? Conflict = null, bool IsNew = false);

/// <summary>Changes experiments, each change by what all experiments are at the moment of its commit.</summary>
/// <param name="shop">Whose they are.</param>
internal sealed class ExperimentWrites(Shop shop)
{
    /// <summary>More would cost every request.</summary>
    public const int MostExperiments = 200;

    public const int MostRunning = 20;

    /// <summary>Below this two parts of a layer count as meeting: 1/3 + 2/3 must fit.</summary>
    private const double Rounding = 1e-9;

    public Task<ExperimentWrite> DraftAsync(ExperimentRequest request, bool mayExist, CancellationToken ct) => ChangeAsync(request.Id!, (known, all) =>
    {
        if (known is not null && (!mayExist || known.State != ExperimentState.Draft))
            return Refused(mayExist ? $"the experiment is {Name(known.State)}; only a draft can be changed." : $"there is an experiment '{request.Id}' already.");
        if (known is null && all.Count >= MostExperiments)
            return Refused($"there are {all.Count} experiments, which is the most; delete those that are over.");
        return Changed(new ExperimentDefinition { Plan = request });
    }, mayBeNew: true, ct);

    public async Task<ExperimentWrite> StartAsync(string id, DateTimeOffset now, CancellationToken ct)
    {
        var draft = (await shop.Store.Experiments.LoadAsync(ct)).All.Where(one => one.Id == id).Select(ExperimentDefinition.Read).FirstOrDefault();
        var named = draft is null ? [] : ExperimentChecks.VersionsOf(draft.Plan);
        var stored = await ExperimentChecks.StoredAsync(shop, named, ct);
        var fault = await ReadFaultAsync(stored, ct);
        return await StartAsync(id, now, stored, fault, ct);
    }

    /// <summary>Why one of some stored models cannot be served; null where all can.</summary>
    private async Task<string?> ReadFaultAsync(IReadOnlySet<int> versions, CancellationToken ct)
    {
        try
        {
            foreach (var version in versions)
                _ = await shop.Serving.Loader.LoadModelAsync(version, ct);
            return null;
        }
        catch (Exception exception) when (exception is DamagedModelException or InvalidDataException or KeyNotFoundException)
        {
            return exception.Message;
        }
    }

    private Task<ExperimentWrite> StartAsync(string id, DateTimeOffset now, IReadOnlySet<int> storedModels, string? fault, CancellationToken ct) => ChangeAsync(id, (known, all) =>
    {
        if (known!.State != ExperimentState.Draft)
            return Refused($"the experiment is {Name(known.State)}; only a draft can be started.");
        var running = all.Where(other => other.Definition.State == ExperimentState.Running).ToList();
        if (running.Count >= MostRunning)
            return Refused($"{running.Count} experiments are running, which is the most; stop one of them.");
        var problems = new List<FieldProblem>();
        new ExperimentChecks(shop, problems, storedModels).Check(known.Plan with { Id = id });
        if (problems.Count > 0)
            return Refused($"the shop is not as it was when the experiment was drafted: {string.Join("; ", problems.Select(problem => $"{problem.Field} {problem.Reason}"))}.");
        if (fault is not null)
            return Refused(fault);
        if (all.Where(other => other.Id != id && other.Definition.State is ExperimentState.Running or ExperimentState.Decided).SelectMany(other => other.Definition.ModelVersions).Concat(storedModels).Distinct().Count() > ExperimentChecks.MostModelVersions)
            return Refused($"experiments would take more than {ExperimentChecks.MostModelVersions} models beside the published one; stop one of them.");
        var layer = known.LayerOf(id);
        var taken = running.Where(other => other.Definition.LayerOf(other.Id) == layer).Select(other => (other.Definition.From, other.Definition.To)).OrderBy(part => part.From);
        if (FreePart(taken, known.Plan.Traffic ?? 1) is not var (from, to))
            return Refused($"the layer '{known.Plan.Layer}' has no {known.Plan.Traffic ?? 1:0.####} of its users free in one piece; stop an experiment of the layer, or take less traffic.");
        return Changed(known with { State = ExperimentState.Running, StartedAt = now, From = from, To = to });
    }, mayBeNew: false, ct);

    public Task<ExperimentWrite> StopAsync(string id, DateTimeOffset now, CancellationToken ct) => ChangeAsync(
        id,
        (known, _) => known!.State == ExperimentState.Running
            ? Changed(known with { State = ExperimentState.Stopped, StoppedAt = now })
            : Refused($"the experiment is {Name(known.State)}; only one that is running can be stopped."),
        mayBeNew: false,
        ct);

    public Task<ExperimentWrite> DecideAsync(string id, string variant, DateTimeOffset now, CancellationToken ct) => ChangeAsync(id, (known, _) =>
    {
        if (known!.State == ExperimentState.Draft)
            return Refused("the experiment is draft; start it first.");
        if (known.Variants.All(other => other.Name != variant))
            throw new InvalidRequestException([new FieldProblem("variant", $"'{variant}' is not one of {string.Join(", ", known.Variants.Select(other => other.Name))}")]);
        return Changed(known with { State = ExperimentState.Decided, Winner = variant, DecidedAt = now, StoppedAt = known.StoppedAt ?? now });
    }, mayBeNew: false, ct);

    public Task<ExperimentWrite> DeleteAsync(string id, CancellationToken ct) => ChangeAsync(
        id, (known, _) => known!.State == ExperimentState.Running ? Refused("the experiment is running; stop it first.") : (null, null), mayBeNew: false, ct);

    /// <summary>The first piece of 0..1 of this width that nobody has; null where there is none.</summary>
    internal static (double From, double To)? FreePart(IEnumerable<(double From, double To)> taken, double width)
    {
        var from = 0.0;
        foreach (var part in taken)
        {
            if (part.From - from >= width - Rounding)
                break;
            from = Math.Max(from, part.To);
        }

        // Of what lies behind the last one there may be less.
        return taken.All(part => part.From >= from + width - Rounding || part.To <= from) && from + width <= 1 + Rounding ? (from, Math.Min(1, from + width)) : null;
    }

    private static (ExperimentDefinition? Definition, string? Conflict) Changed(ExperimentDefinition definition) => (definition, null);

    private static (ExperimentDefinition? Definition, string? Conflict) Refused(string reason) => (null, reason);

    private static string Name(ExperimentState state) => state.ToString().ToLowerInvariant();

    /// <summary>Reads, changes and stores, again whenever somebody else stored something meanwhile.</summary>
    /// <param name="id">The experiment.</param>
    /// <param name="change">Says what becomes of it, from what it and all others are now: another definition, a reason not to, or neither, which deletes it.</param>
    /// <param name="mayBeNew">Whether it may be one that is not there.</param>
    /// <param name="ct">Has no effect once the commit has begun.</param>
    private async Task<ExperimentWrite> ChangeAsync(
        string id, Func<ExperimentDefinition?, IReadOnlyList<(string Id, ExperimentDefinition Definition)>, (ExperimentDefinition? Definition, string? Conflict)> change, bool mayBeNew, CancellationToken ct)
    {
        while (true)
        {
            var stored = await shop.Store.Experiments.LoadAsync(ct);
            var all = stored.All.Select(one => (one.Id, Definition: ExperimentDefinition.Read(one))).Where(one => one.Definition is not null).Select(one => (one.Id, one.Definition!)).ToList();
            var known = all.Find(one => one.Id == id).Item2;
            if (known is null && !mayBeNew)
                return default;
            var (definition, conflict) = change(known, all);
            if (conflict is not null)
                return new ExperimentWrite(null, conflict);
            if (await shop.Store.Experiments.AppendAfterAsync(stored.LastRevision, id, definition?.ToText(), ct) is not { } revision)
                continue;
            await shop.Serving.Experiments.TryRefreshAsync();
            // Models come into memory, or go.
            if (known?.ModelVersions.Any() == true)
                await shop.Serving.Publisher.TryFollowAsync();
            return new ExperimentWrite(revision, IsNew: known is null);
        }
    }
}
