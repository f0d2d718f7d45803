using RecoService.Engine.Evaluation;
using RecoService.Lab.Files;

namespace RecoService.Lab.Presets;

/// <summary>Public data, a split, a protocol and the figures printed for them, under one name.</summary>
/// <param name="Name">As the command line spells it.</param>
/// <param name="Folder">The folder of the data set below the data folder.</param>
/// <param name="Description">What it is, in a sentence.</param>
/// <param name="Load">Reads the data from its folder. Throws <see cref="IOException"/> and <see cref="InvalidDataException"/>.</param>
public sealed record EvaluationPreset(string Name, string Folder, string Description, Func<string, IReadOnlyList<EvaluationPart>> Load)
{
    /// <summary>Reads dated purchases with their orders from the folder; null where the data hold none.</summary>
    internal Func<string, IEnumerable<FileInteraction>>? Purchases { get; init; }

    /// <summary>Reads all interactions with what is known of the items, and of the users, from the folder; null where neither is described.</summary>
    internal Func<string, SplitBuilder>? Everything { get; init; }

    /// <summary>All there are, by name.</summary>
    public static IReadOnlyList<EvaluationPreset> All { get; } =
    [
        new("amazon-beauty", "amazon-beauty", "Amazon Beauty 5-core, each user's last item held out, all items ranked.", AmazonBeauty.Load) { Everything = AmazonBeauty.Everything },
        new("amazon-cds", "amazon-cds", "Amazon CDs, a large and sparse catalogue as a fixed split for lists, all items ranked.", AmazonCds.Load),
        new("ml-100k-rating", "ml-100k", "MovieLens 100K, ratings predicted in the five official folds.", MovieLensRatings.Load),
        new("ml-100k-topn", "ml-100k-topn", "MovieLens 100K as a fixed split for lists, all items ranked.", MovieLensTopN.Load) { Everything = MovieLensTopN.Everything },
        new("online-retail", "online-retail", "A gift shop's invoices: what customers buy for the first time later, and what completes a basket.", OnlineRetail.Load) { Purchases = OnlineRetail.Purchases, Everything = OnlineRetail.Everything },
        new("online-retail-baskets", "online-retail", "The same shop: each customer's next basket, repeats and new items.", OnlineRetailBaskets.Load) { Purchases = OnlineRetail.Purchases },
    ];
}
