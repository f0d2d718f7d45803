using RecoService.Engine.Data;

namespace RecoService.Api.Settings;

/// <summary>Other services' APIs, which their clients find here under paths of their own.</summary>
public sealed class CompatibilitySettings
{
    /// <summary>Whether clients of Gorse are served at <c>/gorse/api</c>: <c>docs/gorse.md</c>.</summary>
    public bool Gorse { get; set; }

    /// <summary>
    /// What kind of interaction a feedback type of Gorse is, comma-separated: <c>wishlist=like, gift=purchase</c>. The usual types are known without, a type that has the
    /// name of a kind is that kind, and any other is a <c>view</c>.
    /// </summary>
    public string GorseFeedbackTypes { get; set; } = "";

    internal IEnumerable<string> Faults(InteractionKinds kinds)
    {
        foreach (var entry in Entries())
        {
            if (entry is not [{ Length: > 0 }, { Length: > 0 }])
                yield return $"Reco:Compatibility:GorseFeedbackTypes: '{string.Join('=', entry)}' is not TYPE=KIND.";
            else if (!kinds.TryGetIndex(entry[1], out _))
                yield return $"Reco:Compatibility:GorseFeedbackTypes: there is no kind '{entry[1]}'.";
        }

        foreach (var twice in Entries().GroupBy(entry => entry[0], StringComparer.Ordinal).Where(group => group.Count() > 1))
            yield return $"Reco:Compatibility:GorseFeedbackTypes: the type '{twice.Key}' stands twice.";
    }

    /// <summary>The kinds by the types that are named.</summary>
    internal Dictionary<string, string> KindsByType() => Entries().ToDictionary(entry => entry[0], entry => entry[1], StringComparer.Ordinal);

    private IEnumerable<string[]> Entries() =>
        GorseFeedbackTypes.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(entry => entry.Split('=', 2, StringSplitOptions.TrimEntries));
}
