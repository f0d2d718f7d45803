using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Recommending;

/// <summary>A shop of eight tastes, 24 items each, and what a list makes of interactions that are newer than every model in it.</summary>
public sealed class NewestInteractionsTests
{
    private const int Tastes = 8;
    private const int ItemsPerTaste = 24;
    private const int Users = 320;

    private static readonly InteractionDataset Shop = MakeShop(isLater: false);
    private static readonly InteractionDataset LaterShop = MakeShop(isLater: true);
    private static readonly ConcurrentDictionary<string, Lazy<IScorer>> Trained = new(StringComparer.Ordinal);

    /// <summary>User k-NN compares by what users want alone.</summary>
    public static TheoryData<string> HearDislikes => [.. Recommenders.Select(row => row.Data).Where(name => name != "user-knn")];

    public static TheoryData<string> Recommenders => ["implicit-als", "bpr", "pure-svd", "item-knn", "ease", "slim", "rp3beta", "sequence", "content", "user-knn"];

    [Theory]
    [MemberData(nameof(Recommenders))]
    public void Recommend_NewUserWithThreeClicks_IsShownTheirTaste(string recommender)
    {
        var state = State(recommender);
        foreach (var item in (int[])[2, 9, 17])
            Apply(state, 9_999, 5 * ItemsPerTaste + item, "click", 1_000 + item);

        Assert.InRange(OfTaste(state, 9_999, 5), 5, 10);
    }

    [Theory]
    [MemberData(nameof(Recommenders))]
    public void Recommend_TenEventsOfAnotherTaste_AreAnsweredAtOnce(string recommender)
    {
        // User 8 is of taste 0.
        var state = State(recommender);
        Assert.InRange(OfTaste(state, 8, 3), 0, 2);
        for (var position = 0; position < 10; position++)
            Apply(state, 8, (3 * ItemsPerTaste) + (2 * position), "add-to-cart", 2_000 + position);

        Assert.InRange(OfTaste(state, 8, 3), 3, 10);
    }

    [Theory]
    [InlineData("implicit-als")]
    [InlineData("bpr")]
    [InlineData("pure-svd")]
    [InlineData("ease")]
    public void RecommendMany_StateBuiltAfterTheModel_KnowsWhatCameBetween(string recommender)
    {
        var state = State(recommender, LaterShop);

        var lists = state.RecommendMany([.. Enumerable.Range(0, Users)], 10);

        for (var user = 0; user < Users; user++)
            Assert.Equal(state.Recommend($"u{user}", 10), lists[user]);
        Assert.InRange(OfTaste(state, 8, 3), 3, 10);
    }

    [Theory]
    [MemberData(nameof(HearDislikes))]
    public void Apply_DislikesInATaste_LowerItsOtherItems(string recommender)
    {
        // Clicks in two tastes, and then dislikes in one of them.
        var state = State(recommender);
        foreach (var taste in (int[])[1, 6])
        {
            for (var position = 0; position < 4; position++)
                Apply(state, 9_999, (taste * ItemsPerTaste) + position, "click", 3_000 + position);
        }

        var before = Untouched(state, 9_999, 1) - Untouched(state, 9_999, 6);
        for (var position = 4; position < 8; position++)
            Apply(state, 9_999, ItemsPerTaste + position, "dislike", 3_100 + position);

        Assert.InRange(Untouched(state, 9_999, 1) - Untouched(state, 9_999, 6), float.MinValue, before - 1e-6f);
    }

    /// <summary>The mean score of a taste's items from the ninth on, beside the size of the largest; 0 for what is unknown.</summary>
    private static float Untouched(ServingState state, int user, int taste)
    {
        Assert.True(state.Users.TryGetIndex($"u{user}", out var index));
        var model = state.Models[0].Model;
        var scores = new float[model.Items.Count];
        model.Score(state.History[index].Within(model.Users.Count, model.Items.Count), [.. Enumerable.Range(0, scores.Length)], scores);
        scores.AsSpan().Replace(float.NaN, 0f);
        return scores.AsSpan((taste * ItemsPerTaste) + 8, ItemsPerTaste - 8).ToArray().Average() / scores.Max(Math.Abs);
    }

    private static int OfTaste(ServingState state, int user, int taste) =>
        state.Recommend($"u{user}", 10).Count(candidate => int.Parse(state.Items[candidate.ItemIndex], CultureInfo.InvariantCulture) / ItemsPerTaste == taste);

    private static void Apply(ServingState state, int user, int item, string kind, long time)
    {
        Assert.True(InteractionKinds.Default.TryGetIndex(kind, out var index));
        state.Apply([new ServedInteraction(user, $"u{user}", item, $"{item}", index, 0, time)]);
    }

    private static ServingState State(string recommender, InteractionDataset? histories = null)
    {
        var model = Trained.GetOrAdd(recommender, name => new(() => BuiltInTrainers.Registry.Create(name, BuiltInTrainers.Registry.OptionsOf(name, ImmutableDictionary<string, object>.Empty)).Train(Shop, new TrainingContext(2))));
        return new ServingState(
            [new ServedModel(recommender, 1, model.Value, ModelRoles.Recommender)], [.. Enumerable.Range(0, Users).Select(user => (user, $"u{user}"))],
            CatalogueBuilder.Of(Enumerable.Range(0, Tastes * ItemsPerTaste).Select(item => new ServedItem(item, $"{item}", new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null)))),
            histories ?? Shop, new ServingOptions());
    }

    /// <summary>Every user views eight items of a taste of his own and two of any; later user 8, who is of taste 0, wants ten of taste 3.</summary>
    private static InteractionDataset MakeShop(bool isLater)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        var random = new SeededRandom(7, 0);
        for (var user = 0; user < Users; user++)
        {
            for (var position = 0; position < 8; position++)
                builder.Add(user, ((user % Tastes) * ItemsPerTaste) + random.Next(ItemsPerTaste), Datasets.View, 0, position);
            for (var position = 8; position < 10; position++)
                builder.Add(user, random.Next(Tastes * ItemsPerTaste), Datasets.View, 0, position);
        }

        for (var position = 0; isLater && position < 10; position++)
            builder.Add(8, (3 * ItemsPerTaste) + (2 * position), Datasets.Purchase, 0, 100 + position);
        for (var item = 0; item < Tastes * ItemsPerTaste; item++)
            builder.AddContent(item, new ItemContent { Title = $"thing{item} shelf{item / ItemsPerTaste}", Categories = [$"shelf{item / ItemsPerTaste}"] });
        return builder.Build();
    }
}
