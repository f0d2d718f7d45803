using RecoService.Engine.Data;

namespace RecoService.Engine.Models;

/// <summary>A model made of models. What can be asked of any model is asked of its parts, by <see cref="ScorerExtensions"/>, so that it forwards nothing.</summary>
public interface IComposedScorer : IScorer
{
    /// <summary>At least one; each over the key maps of the whole.</summary>
    IReadOnlyList<IScorer> Parts { get; }

    /// <summary>The same model of other parts.</summary>
    /// <param name="parts">As many, each in the place of one of <see cref="Parts"/>, all over the same key maps.</param>
    IScorer WithParts(IReadOnlyList<IScorer> parts);

    /// <inheritdoc/>
    IScorer IScorer.Rebase(KeyMap users, KeyMap items) => WithParts([.. Parts.Select(part => part.Rebase(users, items))]);
}
