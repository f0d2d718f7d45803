using RecoService.Engine.Recommending.Rules;
using RecoService.Storage;

namespace RecoService.Api.Serving;

/// <summary>The rules of a shop as they act on lists, made anew when the stored ones have changed.</summary>
internal sealed class ActiveRules(LiveDefinitions stored)
{
    private volatile Made made = new(StoredDefinitions.None, RuleSet.None);

    /// <summary>To be read once per request.</summary>
    public RuleSet Current
    {
        get
        {
            var (known, now) = (made, stored.Current);
            return ReferenceEquals(known.Stored, now) ? known.Rules : (made = new Made(now, RuleReader.ToRuleSet(now))).Rules;
        }
    }

    private sealed record Made(StoredDefinitions Stored, RuleSet Rules);
}
