using RecoService.Engine.Data;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Popularity;

/// <summary>Sums the weights of each item's interactions, never below 0; with a half-life, the newest interaction of the dataset counts in full.</summary>
public sealed class PopularityTrainer(PopularityOptions options) : ITrainer
{
    private const int UsersBetweenChecks = 1024;

    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        var sums = new double[dataset.Items.Count];
        Array.Fill(sums, double.NaN);
        var latest = dataset.LatestTime ?? 0;
        for (var user = 0; user < dataset.Users.Count; user++)
        {
            if (user % UsersBetweenChecks == 0)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                context.Report("counting", (double)user / dataset.Users.Count);
            }

            AddUser(dataset, user, latest, sums);
        }

        context.CancellationToken.ThrowIfCancellationRequested();
        context.Report("counting", 1);
        return new PopularityModel(dataset.Users, dataset.Items, Array.ConvertAll(sums, sum => (float)Math.Max(sum, 0)));
    }

    private void AddUser(InteractionDataset dataset, int user, long latest, double[] sums)
    {
        var items = dataset.UserItemIndexes(user);
        var kinds = dataset.UserKinds(user);
        var values = dataset.UserValues(user);
        var times = dataset.UserTimes(user);
        for (var place = 0; place < items.Length; place++)
        {
            ref var sum = ref sums[items[place]];
            if (double.IsNaN(sum))
                sum = 0;
            sum += dataset.Kinds.WeightOf(kinds[place], values[place]) * Remaining(latest - times[place]);
        }
    }

    private double Remaining(long ageInMilliseconds) =>
        options.HalfLifeDays is { } days ? Math.Pow(2, -ageInMilliseconds / (days * TimeSpan.MillisecondsPerDay)) : 1;
}
