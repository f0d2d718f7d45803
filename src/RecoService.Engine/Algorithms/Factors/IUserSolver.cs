using RecoService.Engine.Data;

namespace RecoService.Engine.Algorithms.Factors;

/// <summary>Folds users into one model. Thread-safe, and allocates nothing once warm.</summary>
internal interface IUserSolver
{
    /// <param name="user">At least one item, all of them known to the model.</param>
    /// <param name="factors">f values; NaN where the history holds what this model learns from, but nothing in favour of any item.</param>
    /// <param name="bias">The user's bias; 0 where the model has none.</param>
    /// <returns>False when the history holds nothing this model learns from: what training knew of the user, if anything, still holds.</returns>
    bool TrySolve(in UserHistory user, Span<float> factors, out float bias);
}
