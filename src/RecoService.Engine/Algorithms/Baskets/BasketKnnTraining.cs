using RecoService.Engine.Computing;
using RecoService.Engine.Data;

namespace RecoService.Engine.Algorithms.Baskets;

/// <summary>Nothing is learned but the vectors of the users, which are made anew of the histories wherever the model goes.</summary>
internal static class BasketKnnTraining
{
    public static BasketKnnModel Train(InteractionDataset dataset, BasketRule rule, TrainingContext context)
    {
        context.Report("reading baskets", 0);
        var vectors = BasketVectors.Of(dataset, rule, context);
        context.CancellationToken.ThrowIfCancellationRequested();
        context.Report("reading baskets", 1);
        return new BasketKnnModel(dataset.Users, dataset.Items, rule, vectors);
    }
}
