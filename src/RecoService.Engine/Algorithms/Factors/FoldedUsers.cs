using RecoService.Engine.Data;
using RecoService.Engine.Models;

namespace RecoService.Engine.Algorithms.Factors;

/// <summary>Which users of a model its trained rows no longer hold for, and the rows they have instead. Thread-safe.</summary>
/// <param name="model">The model.</param>
/// <param name="foldIn">How it folds users in.</param>
/// <param name="fingerprints">Of the histories its users were trained with, |U|; empty when they are not known, and then every trained row holds.</param>
internal sealed class FoldedUsers(FactorModel model, FoldIn foldIn, int[] fingerprints)
{
    // Training and evaluation hardly ever fold anybody in, so what that needs is made when first asked for.
    private readonly Lazy<IUserEncoder> encoder = new(() => foldIn.Over(model));

    public FoldIn FoldIn => foldIn;

    public int[] Fingerprints => fingerprints;

    /// <summary>Makes what all users share, so that no request waits for it.</summary>
    public void Prepare() => _ = encoder.Value;

    /// <summary>Whether a trained user's history is another than they were trained with; of one told by their index alone nothing newer is known.</summary>
    public bool HasChanged(in UserHistory user) =>
        user.Items.Length > 0 && fingerprints.Length > 0 && HistoryFingerprint.Of(user, model, foldIn.Needs) != fingerprints[user.UserIndex];

    /// <summary>Makes a user's row from their history.</summary>
    /// <param name="user">Who.</param>
    /// <param name="factors">f values; NaN where nothing speaks for any item.</param>
    /// <param name="bias">The user's bias; 0 where the model has none.</param>
    /// <returns>False when the history holds nothing this model learns from.</returns>
    public bool TryFoldIn(in UserHistory user, Span<float> factors, out float bias)
    {
        bias = 0;
        if (user.Items.Length == 0)
            return false;
        using var history = new FoldInHistory(user, model);
        return history.Kept.Items.Length > 0 && encoder.Value.TryEncode(history.Kept, factors, out bias);
    }
}
