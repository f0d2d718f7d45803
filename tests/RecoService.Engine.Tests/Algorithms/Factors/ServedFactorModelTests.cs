using RecoService.Engine.Algorithms.BiasedMatrixFactorization;
using RecoService.Engine.Algorithms.Bpr;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.SimpleX;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.Factors;

/// <summary>A served model must make the lists of the model it was made from, whatever trained the factors.</summary>
public sealed class ServedFactorModelTests
{
    private const int Users = 5000;
    private const int Items = 3000;
    private const int Tastes = 30;

    [Fact]
    public void Retrieve_ImplicitAls_EqualsExact() =>
        AssertServed(new ImplicitAlsTrainer(new ImplicitAlsOptions { Epochs = 3 }).Train(Clustered(Datasets.Purchase), new TrainingContext()));

    [Fact]
    public void Retrieve_Bpr_EqualsExact() =>
        AssertServed(new BprTrainer(new BprOptions { Epochs = 10, Factors = 30 }).Train(Clustered(Datasets.Purchase), new TrainingContext()));

    [Fact]
    public void Retrieve_SimpleX_EqualsExact() =>
        AssertServed(new SimpleXTrainer(new SimpleXOptions { Epochs = 3, Factors = 30 }).Train(Clustered(Datasets.Purchase), new TrainingContext()));

    [Fact]
    public void Retrieve_BiasedMatrixFactorization_EqualsExact() =>
        AssertServed(new BiasedMatrixFactorizationTrainer(new BiasedMatrixFactorizationOptions { Epochs = 10 }).Train(Clustered(Datasets.Rating), new TrainingContext()));

    [Fact]
    public void RetrieveMany_NotPreparedForServing_EqualsRetrieve() => AssertMany(Random(users: 7, items: 90), 10);

    [Fact]
    public void RetrieveMany_UsersItDoesNotKnow_GetNothing()
    {
        var model = Random(users: 3, items: 90);
        model.UserFactors.Row(1).Fill(float.NaN);
        foreach (var scorer in new[] { model, (IBulkScorer)model.ForServing() })
        {
            TopK[] best = [new TopK(5), new TopK(5), new TopK(5), new TopK(5)];
            scorer.RetrieveMany([-1, 0, 1, 2], [], 0, best);
            Assert.Equal([0, 5, 0, 5], best.Select(list => list.Count));
        }
    }

    [Fact]
    public void ForServing_Model_ScoresTheSameAndLeavesTheModelAlone()
    {
        var model = Random(users: 2, items: 90);
        var served = model.ForServing();
        int[] everything = [.. Enumerable.Range(0, 90)];
        var (expected, actual) = (new float[90], new float[90]);
        model.Score(1, everything, expected);
        served.Score(1, everything, actual);

        Assert.Equal(expected, actual);
        Assert.Equal(PackedDots.IsHardwareAccelerated, !ReferenceEquals(model, served));
        Assert.Same(served, ((IServedScorer)served).ForServing());
        Assert.Equal(ListOf(model, 1, [], 10), ListOf(served.Rebase(model.Users, model.Items), 1, [], 10));
    }

    private static void AssertServed(IScorer trained)
    {
        var served = trained.ForServing();
        var random = new SeededRandom(1, 0);
        for (var user = 0; user < trained.Users.Count; user += 10)
        {
            var blocked = new ulong[Bits.WordsFor(Items)];
            for (var item = 0; item < 100; item++)
                Bits.Set(blocked, random.Next(Items));
            Assert.Equal(ListOf(trained, user, blocked, 10), ListOf(served, user, blocked, 10));
            Assert.Equal(ListOf(trained, user, blocked, 100), ListOf(served, user, blocked, 100));
        }

        AssertMany((IBulkScorer)served, 10);
    }

    private static void AssertMany(IBulkScorer model, int wanted)
    {
        int[] users = [.. Enumerable.Range(0, Math.Min(model.Users.Count, 50))];
        var blocked = new ulong[users.Length];
        for (var position = 0; position < users.Length; position++)
            blocked[position] = 0x9249249249249249 >> position % 3;
        TopK[] best = [.. users.Select(_ => new TopK(wanted))];

        model.RetrieveMany(users, blocked, 1, best);

        for (var position = 0; position < users.Length; position++)
            Assert.Equal(ListOf(model, users[position], blocked.AsSpan(position, 1), wanted), Drained(best[position]));
    }

    private static FactorModel Random(int users, int items) => new(
        KeyMap.FromAscending([.. Enumerable.Range(0, users)]), KeyMap.FromAscending([.. Enumerable.Range(0, items)]),
        new FactorMatrix(users, 6, Datasets.Floats(users * 6, seed: 1)), new FactorMatrix(items, 6, Datasets.Floats(items * 6, seed: 2)), 1, Datasets.Floats(users, 3), Datasets.Floats(items, 4));

    /// <summary>Three of four interactions are with items of the user's own taste, the popular ones first.</summary>
    private static InteractionDataset Clustered(byte kind)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        var random = new SeededRandom(1, kind);
        for (var step = 0; step < 20 * Users; step++)
        {
            var (user, item) = (random.Next(Users), (int)Math.Pow(Items, random.NextDouble()) - 1);
            if (random.Next(4) > 0)
                item = (item / Tastes * Tastes) + (user % Tastes);
            builder.Add(user, item, kind, item % Tastes == user % Tastes ? 4.5f : 1 + random.Next(4), step);
        }

        return builder.Build();
    }

    private static (int, float)[] ListOf(IScorer model, int user, ReadOnlySpan<ulong> blocked, int wanted)
    {
        var best = new TopK(wanted);
        model.Retrieve(user, blocked, best);
        return Drained(best);
    }

    private static (int, float)[] Drained(TopK best)
    {
        var (indexes, scores) = (new int[best.Capacity], new float[best.Capacity]);
        var count = best.Drain(indexes, scores);
        return [.. indexes.Zip(scores).Take(count)];
    }
}
