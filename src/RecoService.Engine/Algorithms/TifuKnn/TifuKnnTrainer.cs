using RecoService.Engine.Algorithms.Baskets;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.TifuKnn;

/// <summary>
/// How often a user took each item, fading with the baskets since, blended with the same of the users most like them. A user's n baskets are put into m groups in the order of
/// time; a group is the mean of its k baskets, each times r_b per later basket of the group; the user is the mean of their groups, each times r_g per later group:
/// u = 1/m sum_i r_g^(m - i) 1/k_i sum_j r_b^(k_i - j) b_ij. The score is alpha u + (1 - alpha) times the mean of the neighbours' vectors.
/// Hu, He, Gao, Zhang, "Modeling Personalized Item Frequency Information for Next-Basket Recommendation", SIGIR 2020.
/// </summary>
public sealed class TifuKnnTrainer(TifuKnnOptions options) : ITrainer
{
    public IScorer Train(InteractionDataset dataset, TrainingContext context) => BasketKnnTraining.Train(
        dataset, new TifuKnnRule(options.Basket, options.Neighbours, options.Groups, options.WithinDecay, options.GroupDecay, options.Likeness, options.Alpha), context);
}
