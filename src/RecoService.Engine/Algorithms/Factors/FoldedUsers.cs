using System.Buffers;
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

    /// <summary>What each item of a history adds to the product of the folded-in row with an item's; nothing where the fold-in is no sum.</summary>
    /// <param name="user">Who.</param>
    /// <param name="itemIndexes">Of these, unknown items have zeros.</param>
    /// <param name="contributions">|items| x |history|, row-major; zeros at first.</param>
    public void Contributions(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> contributions)
    {
        if (user.Items.Length == 0 || encoder.Value is not ILinearEncoder linear)
            return;
        using var history = new FoldInHistory(user, model);
        var kept = history.Kept;
        var (items, rented) = (ArrayPool<int>.Shared.Rent(itemIndexes.Length), ArrayPool<float>.Shared.Rent(itemIndexes.Length * kept.Items.Length));
        var known = 0;
        foreach (var item in itemIndexes)
        {
            if (model.KnowsItem(item))
                items[known++] = item;
        }

        var some = rented.AsSpan(0, known * kept.Items.Length);
        some.Clear();
        if (kept.Items.Length > 0)
            linear.Contributions(kept, items.AsSpan(0, known), some);
        for (var (asked, row) = (0, 0); asked < itemIndexes.Length; asked++)
        {
            if (model.KnowsItem(itemIndexes[asked]))
                Spread(some.Slice(row++ * kept.Items.Length, kept.Items.Length), kept.Items, user.Items, contributions.Slice(asked * user.Items.Length, user.Items.Length));
        }

        ArrayPool<int>.Shared.Return(items);
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>Puts values of some of the items, ascending, where these stand among all.</summary>
    private static void Spread(ReadOnlySpan<float> values, ReadOnlySpan<int> some, ReadOnlySpan<int> all, Span<float> spread)
    {
        for (var (position, next) = (0, 0); position < all.Length && next < some.Length; position++)
        {
            if (all[position] == some[next])
                spread[position] = values[next++];
        }
    }

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
