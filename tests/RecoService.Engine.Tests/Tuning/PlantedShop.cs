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

    /// <summary>The same, whose first users were shown a list of three each, of which the first touched one.</summary>
    public static DataSplit Split(int users, int lists, int touched)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var user = 0; user < users; user++)
        {
            builder.Add(user, user % Items, Datasets.Purchase, 0, 0);
            builder.Add(user, HeldOut(user), Datasets.Purchase, 0, 1);
        }

        for (var list = 0; list < lists; list++)
            builder.AddShown(list % users, 0, [0, 1, 2], [list < touched ? 0 : Exposures.Untouched, Exposures.Untouched, Exposures.Untouched]);
        var all = builder.Build();
        return new DataSplit(all.Where(time => time == 0), all.Where(time => time == 1));
    }

    public static Validation Validation(int users) => new(Split(users), TopTen, seed: 7);

    /// <param name="clock">Moves on by the seconds of each training.</param>
    /// <param name="seconds">Of a training on all users.</param>
    /// <param name="quality">0..1.</param>
    /// <param name="listMicroseconds">By so much the clock moves on when a list is made.</param>
    /// <param name="chance">Trainers with the same number find the items of the same users.</param>
    public static ITrainer Trainer(FakeTimeProvider clock, double seconds, double quality, double listMicroseconds = 0, int chance = 1) => new Planted(clock, seconds, quality, listMicroseconds, chance);

    private static int HeldOut(int user) => (user + 1) % Items;

    private sealed class Planted(FakeTimeProvider clock, double seconds, double quality, double listMicroseconds, int chance) : ITrainer
    {
        private const int Steps = 10;

        public IScorer Train(InteractionDataset dataset, TrainingContext context)
        {
            var present = Enumerable.Range(0, dataset.Users.Count).Count(user => dataset.UserCount(user) > 0);
            for (var step = 0; step < Steps; step++)
            {
                clock.Advance(TimeSpan.FromSeconds(seconds * present / dataset.Users.Count / Steps));
                context.CancellationToken.ThrowIfCancellationRequested();
            }

            return new FixedScorer(dataset.Users, dataset.Items, Score);
        }

        private float Score(int user, int item)
        {
            if (item == HeldOut(user))
                clock.Advance(TimeSpan.FromMicroseconds(listMicroseconds));
            return item != HeldOut(user) ? 0 : new SeededRandom(chance, user).NextDouble() < quality ? 1 : -1;
        }
    }
}
