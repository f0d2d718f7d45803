namespace RecoService.Engine.Models;

/// <summary>Changes the models that others are made of, and what is made of them with them. A model that several are made of is changed once and stays one.</summary>
/// <param name="change">The model in the place of one that has no parts; itself where nothing is to be changed.</param>
internal sealed class LeafMap(Func<IScorer, IScorer> change)
{
    private readonly Dictionary<IScorer, IScorer> changed = new(ReferenceEqualityComparer.Instance);

    /// <returns>The model itself when none of its parts has changed.</returns>
    public IScorer Apply(IScorer model)
    {
        if (changed.TryGetValue(model, out var known))
            return known;
        return changed[model] = model is IComposedScorer composed ? Apply(composed) : change(model);
    }

    private IScorer Apply(IComposedScorer model)
    {
        IReadOnlyList<IScorer> parts = [.. model.Parts.Select(Apply)];
        return parts.SequenceEqual(model.Parts, ReferenceEqualityComparer.Instance) ? model : model.WithParts(parts);
    }
}
