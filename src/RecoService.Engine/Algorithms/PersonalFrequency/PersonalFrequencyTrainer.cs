using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.PersonalFrequency;

/// <summary>
/// What the user took most often first: each item counts once for each of their baskets it stands in, older baskets less. All their own items stand before all others,
/// which follow by popularity. The baseline of next-basket recommendation, often called G-P-TopFreq: Hu, He, Gao, Zhang, SIGIR 2020; hard to beat where users
/// repeat: Li, Jullien, Ariannezhad, de Rijke, "A Next Basket Recommendation Reality Check", ACM TOIS 41(4), 2023.
/// </summary>
public sealed class PersonalFrequencyTrainer(PersonalFrequencyOptions options) : ITrainer
{
    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        var popularity = (PopularityModel)new PopularityTrainer(new PopularityOptions { HalfLifeDays = options.HalfLifeDays }).Train(dataset, context);
        var highest = popularity.Scores.ToArray().Where(float.IsFinite).DefaultIfEmpty().Max();
        var scale = highest > 0 ? PersonalFrequencyModel.Highest / highest : 0;
        return new PersonalFrequencyModel(
            dataset.Users, dataset.Items, Array.ConvertAll(popularity.Scores.ToArray(), score => score * scale), new FrequencyFading(options.Basket, options.Fading, options.Decay, options.PopularityWeight));
    }
}
