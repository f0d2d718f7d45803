using RecoService.Engine.Recommending;
using RecoService.Storage;

namespace RecoService.Api.Serving;

/// <summary>The experiments of a shop as they act on lists, made anew when the stored ones have changed.</summary>
internal sealed class ActiveExperiments(LiveDefinitions stored)
{
    private volatile Made made = new(StoredDefinitions.None, ExperimentSet.None);

    /// <summary>To be read once per request.</summary>
    public ExperimentSet Current
    {
        get
        {
            var (known, now) = (made, stored.Current);
            return ReferenceEquals(known.Stored, now) ? known.Experiments : (made = new Made(now, ExperimentDefinition.ToSet(now))).Experiments;
        }
    }

    private sealed record Made(StoredDefinitions Stored, ExperimentSet Experiments);
}
