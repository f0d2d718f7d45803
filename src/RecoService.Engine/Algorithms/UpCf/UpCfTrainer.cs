using RecoService.Engine.Algorithms.Baskets;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.UpCf;

/// <summary>
/// User-wise popularity, the part of a user's last r baskets that an item stands in, summed over all users v by likeness to the user u, themselves among them with 1:
/// score(u, i) = sum_v w(u, v)^q f_r(v, i), with the asymmetric cosine w(u, v) = |I_u and I_v| / (|I_u|^alpha |I_v|^(1 - alpha)) over the sets of items.
/// Faggioli, Polato, Aiolli, "Recency Aware Collaborative Filtering for Next Basket Recommendation", UMAP 2020.
/// </summary>
public sealed class UpCfTrainer(UpCfOptions options) : ITrainer
{
    public IScorer Train(InteractionDataset dataset, TrainingContext context) => BasketKnnTraining.Train(
        dataset, new UpCfRule(options.Basket, options.Neighbours, options.Recency, options.Alpha, options.Locality), context);
}
