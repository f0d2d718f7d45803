using System.Text.Json;
using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Profiles;

namespace RecoService.Engine.Tests.Recommending.Profiles;

using static ProfileShop;

/// <summary>Profiles of a state that followed the writes are those of a state that was built from what the store holds.</summary>
public sealed class LiveProfileTests
{
    private const int Users = 6;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Apply_AnyPartOfAnyStoryInAnyOrder_IsAsBuilt(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 25; round++)
        {
            var story = Story(random, 60);
            var live = story.Where(_ => random.Next(2) == 0).ToArray();
            var state = Built(Users, story.Except(live));
            random.Shuffle(live);

            // What arrives twice counts once, whether it is asked about between or not.
            foreach (var batch in live.Concat(live.Where(_ => random.Next(4) == 0)).Chunk(1 + random.Next(12)))
            {
                state.Apply(batch);
                if (random.Next(3) == 0)
                    _ = state.ItemProfile(random.Next(Items.Count));
            }

            AssertSame(Built(Users, story), state);
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public void ApplyRewriteAndErase_InAnyOrder_EndAsTheStore(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 25; round++)
        {
            var (store, messages, erased) = (new List<ServedInteraction>(), new List<Action<ServingState>>(), random.Next(1, Users + 1));
            var operations = 30 + random.Next(30);
            var builtAt = random.Next(operations);
            ServingState? state = null;
            for (var change = 1; change <= operations; change++)
            {
                var user = random.Next(1, Users + 1);
                if (random.Next(4) == 0 && store.FindIndex(one => one.UserKey == user) is >= 0 and var taken)
                {
                    store.RemoveAt(taken);
                }
                else
                {
                    var interaction = Did(user, random.Next(Items.Count), KindOf(random), 60 - change) with { Change = change };
                    store.Add(interaction);
                    messages.Add(live => live.Apply([interaction]));
                }

                // A process reads the whole history after each deletion, and at other times as it pleases.
                var rewritten = new RewrittenUser(user, UserId(user), [.. store.Where(one => one.UserKey == user)], new ReadPoint(change + 1, []));
                messages.Add(live => live.Apply(rewritten));
                if (change == builtAt)
                    state = Built(Users, store, through: new ReadPoint(change + 1, []));
            }

            state ??= Built(Users, [], through: new ReadPoint(1, []));
            messages.Add(live => live.EraseUser(erased));
            foreach (var message in messages.Concat(messages.Where(_ => random.Next(3) == 0)).OrderBy(_ => random.Next()).ToList())
                message(state);

            AssertSame(Built(Users, store.Where(one => one.UserKey != erased)), state, erased);
        }
    }

    [Fact]
    public async Task Apply_ManyThreads_LosesNoCount()
    {
        var state = Built(0, []);
        var story = Enumerable.Range(1, 64).SelectMany(user => Enumerable.Range(0, 20).Select(step => Did(user, step % 5, step % 2 == 0 ? Datasets.View : Datasets.Purchase, step))).ToArray();

        await Task.WhenAll(story.Chunk(40).Select(batch => Task.Run(() => state.Apply(batch))).Append(Task.Run(() =>
        {
            for (var time = 0; time < 200; time++)
                Assert.InRange(state.ItemProfile(time % 5).Users, 0, 64);
        })));

        AssertSame(Built(64, story), state);
    }

    private static void AssertSame(ServingState expected, ServingState actual, int erased = 0)
    {
        for (var item = 0; item < Items.Count; item++)
            Assert.Equal(Text(expected.ItemProfile(item)), Text(actual.ItemProfile(item)));
        for (var user = 1; user <= Users; user++)
        {
            if (user != erased)
                Assert.Equal(Text(expected.UserProfile(user)), Text(actual.UserProfile(user)));
        }
    }

    /// <summary>What follows the writes; how demand grows and what is bought again are as of the last building.</summary>
    private static string Text(ItemProfile profile) => JsonSerializer.Serialize(profile with { Trend = new ItemTrend(1, 0, 0), Repurchase = null });

    /// <summary>Sums over times that are equal come in any order.</summary>
    private static string Text(UserProfile profile) => JsonSerializer.Serialize(profile with
    {
        Categories = Rounded(profile.Categories),
        Attributes = [.. profile.Attributes.Select(attribute => attribute with { Values = Rounded(attribute.Values) })],
    });

    private static ValueShare[] Rounded(IReadOnlyList<ValueShare> shares) =>
        [.. shares.Select(share => share with { Share = Math.Round(share.Share, 9) }).OrderByDescending(share => share.Share).ThenBy(share => share.Value, StringComparer.Ordinal)];

    /// <summary>No two interactions alike, for a live history takes those for one.</summary>
    private static ServedInteraction[] Story(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Did(random.Next(1, Users + 1), random.Next(Items.Count), KindOf(random), random.Next(20) / 2.0)).Distinct()];

    private static byte KindOf(Random random) =>
        ((byte[])[Datasets.View, Datasets.View, Datasets.Purchase, Datasets.Purchase, Return, AddToCart, RemoveFromCart, Datasets.Dislike])[random.Next(8)];
}
