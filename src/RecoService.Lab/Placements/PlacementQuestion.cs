using RecoService.Engine.Numerics;

namespace RecoService.Lab.Placements;

/// <summary>A list to be asked for, and what it should hold.</summary>
/// <param name="UserId">Whom it is for.</param>
/// <param name="Time">Unix milliseconds: when it is asked for.</param>
/// <param name="Given">The items that it is about, item indexes of the training part; empty where it is about the user.</param>
/// <param name="Wanted">What counts as a hit: item indexes, ascending, at least one.</param>
internal sealed record PlacementQuestion(string UserId, long Time, int[] Given, int[] Wanted);

/// <summary>The questions of a test part, and what of it gives none.</summary>
/// <param name="Questions">In the order of time.</param>
/// <param name="Note">What was passed over, in a sentence.</param>
internal sealed record PlacementQuestions(IReadOnlyList<PlacementQuestion> Questions, string Note)
{
    /// <summary>Of each test basket with at least two items that the training part knows, one is left out and is to be found.</summary>
    /// <param name="test">The oldest first.</param>
    /// <param name="shop">The training part.</param>
    /// <param name="isAboutOne">Whether the list is about one other item of the basket; else it is about all others.</param>
    /// <param name="seed">Chooses what is left out, and what is asked about.</param>
    public static PlacementQuestions LeaveOneOut(IReadOnlyList<Basket> test, JudgedShop shop, bool isAboutOne, int seed)
    {
        var questions = new List<PlacementQuestion>();
        var (several, strange) = (0, 0);
        for (var position = 0; position < test.Count; position++)
        {
            var basket = test[position];
            several += basket.Items.Count > 1 ? 1 : 0;
            var items = shop.IndexesOf(basket.Items);
            strange += basket.Items.Count > 1 && items.Length < 2 ? 1 : 0;
            if (items.Length < 2)
                continue;
            var random = new SeededRandom(seed, position);
            var leftOut = items[random.Next(items.Length)];
            var others = Array.FindAll(items, item => item != leftOut);
            questions.Add(new PlacementQuestion(basket.User, basket.Time, isAboutOne ? [others[random.Next(others.Length)]] : others, [leftOut]));
        }

        return new PlacementQuestions(questions, FormattableString.Invariant(
            $"{test.Count:N0} test baskets: {test.Count - several:N0} hold a single item; {strange:N0} of the others hold fewer than two items that the training part knows; {questions.Count:N0} are judged."));
    }

    /// <summary>Of each user whom the training part knows, the first test basket is to be found.</summary>
    /// <param name="test">The oldest first.</param>
    /// <param name="shop">The training part.</param>
    /// <param name="onlyRepeats">Whether only what the user had bought before counts.</param>
    public static PlacementQuestions FirstBaskets(IReadOnlyList<Basket> test, JudgedShop shop, bool onlyRepeats)
    {
        var questions = new List<PlacementQuestion>();
        var (users, strangers) = (0, 0);
        foreach (var basket in test.DistinctBy(basket => basket.User, StringComparer.Ordinal))
        {
            users++;
            if (!shop.TryGetUser(basket.User, out var user))
            {
                strangers++;
                continue;
            }

            var wanted = shop.IndexesOf(basket.Items);
            if (onlyRepeats)
                wanted = Array.FindAll(wanted, shop.BoughtBy(user).ContainsKey);
            if (wanted.Length > 0)
                questions.Add(new PlacementQuestion(basket.User, basket.Time, [], wanted));
        }

        return new PlacementQuestions(questions, FormattableString.Invariant(
            $"{users:N0} users have a test basket: {strangers:N0} are new, the first basket of {users - strangers - questions.Count:N0} holds nothing {(onlyRepeats ? "that they had bought before" : "that the training part knows")}; {questions.Count:N0} are judged."));
    }
}
