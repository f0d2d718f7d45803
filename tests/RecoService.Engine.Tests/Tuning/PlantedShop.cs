using Microsoft.Extensions.Time.Testing;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Evaluation;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Tests.Tuning;

/// <summary>
/// Users with one item in the train part and one held out, of 20 items. A planted trainer of quality q finds the held-out item of q of the users and puts
/// it last for the others, so its nDCG@10 is q; and its training takes as long as it says, on the fake clock.
/// </summary>
internal static class PlantedShop
{
    private const int Items = 20;

    public static EvaluationProtocol TopTen { get; } = new(EvaluationTarget.TopN, [10]);

    public static DataSplit Split(int users)
    {
        var all = Datasets.Of([.. Enumerable.Range(0, users).SelectMany(user => new[]
        {
            (user, user % Items, Datasets.Purchase, 0f, 0L), (user, HeldOut(user), Datasets.Purchase, 0f, 1L),
        })]);
        return new DataSplit(all.Where(time => time == 0), all.Where(time => time == 1));
    }

    public static Validation Validation(int users) => new(Split(users), TopTen, seed: 7);

    /// <param name="clock">Moves on by the seconds of each training.</param>
    /// <param name="seconds">Of a training on all users.</param>
    /// <param name="quality">0..1.</param>
    public static ITrainer Trainer(FakeTimeProvider clock, double seconds, double quality) => new Planted(clock, seconds, quality);

    private static int HeldOut(int user) => (user + 1) % Items;

    private sealed class Planted(FakeTimeProvider clock, double seconds, double quality) : ITrainer
    {
        public IScorer Train(InteractionDataset dataset, TrainingContext context)
        {
            var present = Enumerable.Range(0, dataset.Users.Count).Count(user => dataset.UserCount(user) > 0);
            clock.Advance(TimeSpan.FromSeconds(seconds * present / dataset.Users.Count));
            return new FixedScorer(dataset.Users, dataset.Items, (user, item) => item != HeldOut(user) ? 0 : new SeededRandom(1, user).NextDouble() < quality ? 1 : -1);
        }
    }
}
