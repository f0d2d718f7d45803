using System.Collections.Immutable;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Content;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Retrieval;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Recommending;

/// <summary>
/// Ten sagas of five films that read alike. The users of a group, of whom there are five, watch films of two sagas that have no word in common, and everybody
/// has the carrier bag. One more film of the third saga is seldom touched.
/// </summary>
public sealed class SimilarItemsTests
{
    private const int Sagas = 10;
    private const int Films = 5;
    private const int Groups = 5;
    private const int Users = 200;
    private const int Bag = 900;
    private const int Sequel = 990;
    private const int SagaOfSequel = 3;

    /// <summary>Recommender, and how many users have touched the sequel.</summary>
    public static TheoryData<string, int> Touches
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var recommender in (string[])["item-knn", "implicit-als", "ease", "rp3beta", "pure-svd"])
            {
                foreach (var users in (int[])[0, 1, 3, 10])
                    cases.Add(recommender, users);
            }

            return cases;
        }
    }

    public static TheoryData<string> Recommenders => ["item-knn", "implicit-als", "ease", "rp3beta", "pure-svd"];

    [Theory]
    [MemberData(nameof(Touches))]
    public void Find_FilmOfFewUsersOfAnyTaste_IsLikeItsSaga(string recommender, int users)
    {
        var state = State(recommender, touchedBy: [.. Enumerable.Range(0, users).Select(position => position * 19)]);

        var similar = Similar(state, Sequel, limit: 10);

        Assert.Equal(Enumerable.Range(SagaOfSequel * Films, Films).Order(), similar.Take(Films).Order());
    }

    [Theory]
    [MemberData(nameof(Recommenders))]
    public void Find_FilmOfManyUsersOfOneTaste_IsLikeWhatTheyWatch(string recommender)
    {
        // Those of the first group watch sagas 0 and 5.
        var state = State(recommender, touchedBy: [.. Enumerable.Range(0, Users).Where(user => user % Groups == 0)]);

        var similar = Similar(state, Sequel, limit: 10);

        Assert.InRange(similar.Take(5).Count(film => film / Films is 0 or 5), 4, 5);
        Assert.InRange(similar.Count(film => film / Films is 0 or 5), 8, 10);
    }

    [Theory]
    [MemberData(nameof(Recommenders))]
    public void Find_ItemBesideEverything_IsNotAmongTheFirst(string recommender)
    {
        var state = State(recommender, touchedBy: []);

        for (var film = 0; film < Sagas * Films; film++)
        {
            var similar = Similar(state, film, limit: 10);
            Assert.DoesNotContain(Bag, similar);
            // Films of the own group, though half of them read nothing alike.
            Assert.All(similar.Take(5), other => Assert.Equal(film / Films % Groups, other / Films % Groups));
            Assert.Contains(similar.Take(8), other => other / Films != film / Films);
        }
    }

    [Fact]
    public void Find_Scores_FallAndAreNamedAfterWhatSaysMore()
    {
        var state = State("item-knn", touchedBy: [0, 19, 38]);
        Assert.True(state.TryGetSimilarItems($"i{Sequel}", 50, out var similar));

        Assert.Equal(similar.Select(candidate => candidate.Score).OrderDescending(), similar.Select(candidate => candidate.Score));
        Assert.All(similar, candidate => Assert.InRange(candidate.Score, 0, 1.001f));
        Assert.Equal("content", similar[0].Source);
        Assert.Contains(similar, candidate => candidate.Source == "item-knn");
        Assert.Equal(similar.Count, similar.DistinctBy(candidate => candidate.ItemIndex).Count());
    }

    [Fact]
    public void BeyondChance_ByHand_IsTheFormula()
    {
        // Of 10 users 4 have item 1, 5 have item 2, and 4 both: e = 4 x 5 / 10 = 2, o = 4: 1 - (2 + 2 x 1.5) / 6 = 1/6.
        // All have item 3: e = 4, o = 4, which is no more than chance. Item 4 has a user who has nothing else but 3: e = 0.4, o = 0.
        var coUsers = new CoUsers(Datasets.OfPurchases(
        [
            .. Enumerable.Range(1, 4).Select(user => (user, 1)), .. Enumerable.Range(1, 5).Select(user => (user, 2)),
            .. Enumerable.Range(1, 10).Select(user => (user, 3)), (10, 4),
        ]));

        Assert.Equal(4, coUsers.CountOf(0));
        Assert.Equal(1f / 6, coUsers.BeyondChance(0, 1), 1e-6f);
        Assert.Equal(1f / 6, coUsers.BeyondChance(1, 0), 1e-6f);
        Assert.Equal(0, coUsers.BeyondChance(0, 2));
        Assert.Equal(0, coUsers.BeyondChance(0, 3));
        // Items that arrived later.
        Assert.Equal((0, 0f, 0f), (coUsers.CountOf(7), coUsers.BeyondChance(0, 7), coUsers.BeyondChance(7, 0)));
    }

    [Fact]
    public void BeyondChance_ItemOfManyUsers_IsToldFromSomeOfThem()
    {
        // 1,000 of 4,000 users have item 1, 600 of them and 100 others item 2: e = 1,000 x 700 / 4,000 = 175, o = 600; 2 sqrt(175.25) = 26.5.
        var coUsers = new CoUsers(Datasets.OfPurchases(
        [
            .. Enumerable.Range(0, 1000).Select(user => (user, 1)), .. Enumerable.Range(0, 1000).Where(user => user * 7 % 10 < 6).Select(user => (user, 2)),
            .. Enumerable.Range(1000, 100).Select(user => (user, 2)), .. Enumerable.Range(1100, 2900).Select(user => (user, 3)),
        ]));

        Assert.Equal(1 - (201.5f / 602), coUsers.BeyondChance(0, 1), 0.1f);
    }

    private static List<int> Similar(ServingState state, int film, int limit)
    {
        Assert.True(state.TryGetSimilarItems($"i{film}", limit, out var similar));
        return similar.ConvertAll(candidate => int.Parse(state.Items[candidate.ItemIndex].AsSpan(1), System.Globalization.CultureInfo.InvariantCulture));
    }

    private static ServingState State(string recommender, int[] touchedBy)
    {
        var shop = Shop(touchedBy);
        var trainer = BuiltInTrainers.Registry.Create(recommender, BuiltInTrainers.Registry.OptionsOf(recommender, ImmutableDictionary<string, object>.Empty));
        var items = shop.Items.Keys.ToArray();
        return new ServingState(
            [
                new ServedModel(recommender, 1, trainer.Train(shop, new TrainingContext(1)), ModelRoles.Recommender),
                new ServedModel("content", 2, new ContentTrainer(new ContentOptions()).Train(shop, new TrainingContext(1)), ModelRoles.ColdStart | ModelRoles.Similarity),
            ],
            [.. shop.Users.Keys.ToArray().Select(key => (key, $"u{key}"))],
            CatalogueBuilder.Of(items.Select(key => new ServedItem(key, $"i{key}", new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null)))),
            shop, new ServingOptions());
    }

    private static InteractionDataset Shop(int[] touchedBy)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        var random = new SeededRandom(11, 0);
        for (var user = 0; user < Users; user++)
        {
            builder.Add(user, Bag, Datasets.Purchase, 0, 0);
            foreach (var saga in (int[])[user % Groups, (user % Groups) + Groups])
            {
                for (var film = 0; film < Films; film++)
                {
                    if (random.Next(10) < 7)
                        builder.Add(user, (saga * Films) + film, Datasets.Purchase, 0, 1 + film);
                }
            }
        }

        foreach (var user in touchedBy)
            builder.Add(user, Sequel, Datasets.Purchase, 0, 99);
        for (var film = 0; film < Sagas * Films; film++)
            builder.AddContent(film, new ItemContent { Title = $"saga{film / Films} part{film}", Categories = [$"shelf{film / Films}"] });
        builder.AddContent(Bag, new ItemContent { Title = "carrier bag" });
        builder.AddContent(Sequel, new ItemContent { Title = $"saga{SagaOfSequel} finale", Categories = [$"shelf{SagaOfSequel}"] });
        return builder.Build();
    }
}
