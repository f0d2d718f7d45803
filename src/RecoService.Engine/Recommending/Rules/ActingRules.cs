using RecoService.Engine.Recommending.Filtering.Compilation;

namespace RecoService.Engine.Recommending.Rules;

/// <summary>The rules that act on one list, by what they do, each with its items.</summary>
internal sealed class ActingRules
{
    public List<(MerchandisingRule Rule, CompiledFilter Items)> Exclusions { get; } = [];

    public List<(MerchandisingRule Rule, CompiledFilter Items, float Factor)> Boosts { get; } = [];

    public List<(MerchandisingRule Rule, CompiledFilter Items, LimitAction Limit)> Limits { get; } = [];

    /// <summary>By position, and of one position the earlier rule first.</summary>
    public List<(MerchandisingRule Rule, CompiledFilter Items, int Position)> Pins { get; } = [];

    /// <summary>Every one of them, the exclusions first; to be asked for when all are there.</summary>
    public IReadOnlyList<(MerchandisingRule Rule, CompiledFilter Items)> All => field ??=
        [.. Exclusions, .. Pins.Select(pin => (pin.Rule, pin.Items)), .. Boosts.Select(boost => (boost.Rule, boost.Items)), .. Limits.Select(limit => (limit.Rule, limit.Items))];

    public void Add(MerchandisingRule rule, CompiledFilter items)
    {
        switch (rule.Action)
        {
            case ExcludeAction:
                Exclusions.Add((rule, items));
                break;
            case BoostAction boost:
                Boosts.Add((rule, items, (float)boost.Factor));
                break;
            case LimitAction limit:
                Limits.Add((rule, items, limit));
                break;
            case PinAction pin:
                var place = Pins.FindIndex(other => other.Position > pin.Position);
                Pins.Insert(place < 0 ? Pins.Count : place, (rule, items, pin.Position));
                break;
        }
    }
}
