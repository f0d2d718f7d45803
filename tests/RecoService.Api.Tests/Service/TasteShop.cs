namespace RecoService.Api.Tests.Service;

/// <summary>
/// 300 users in 4 groups, each of whom buys 10 of the 30 items of his own group, one a day. The last day is the holdout, so a model that
/// finds the groups ranks four times better than popularity, and every user can be judged.
/// </summary>
internal static class TasteShop
{
    public const int Users = 300;
    public const int Days = 10;
    public const string ImplicitAls = "--Reco:Retraining:Recommender=implicit-als";
    private const int Groups = 4;
    private const int ItemsOfGroup = 30;
    private static readonly int[] Strides = [1, 7, 11, 13, 17, 19, 23, 29];
    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Trains in a moment, and well enough.</summary>
    public static string[] QuickTraining { get; } = [ImplicitAls, "--Reco:Trainers:implicit-als:Factors=8", "--Reco:Trainers:implicit-als:Epochs=4", "--Reco:Retraining:Threads=1"];

    /// <summary>Trains for minutes, so that a test can act while it does.</summary>
    public static string[] SlowTraining { get; } = [ImplicitAls, "--Reco:Trainers:implicit-als:Factors=1024", "--Reco:Trainers:implicit-als:Epochs=1000", "--Reco:Retraining:Threads=1"];

    /// <summary>Cannot tell four groups apart.</summary>
    public static string[] BadTraining { get; } =
        [ImplicitAls, "--Reco:Trainers:implicit-als:Factors=1", "--Reco:Trainers:implicit-als:Epochs=1", "--Reco:Trainers:implicit-als:Regularization=1000000", "--Reco:Retraining:Threads=1"];

    public static string UserId(int user) => $"user-{user:000}";

    /// <param name="client">The storefront.</param>
    /// <param name="at">When everything happened; null: one purchase a day.</param>
    public static async Task FillAsync(HttpClient client, DateTimeOffset? at = null)
    {
        foreach (var batch in Purchases(Enumerable.Range(0, Days), at).Chunk(1000))
            await client.PostInteractionsAsync(batch);
    }

    /// <summary>The purchases of the day after those that filled the shop.</summary>
    public static Task FillNextDayAsync(HttpClient client) => client.PostInteractionsAsync([.. Purchases([Days], at: null)]);

    private static IEnumerable<object> Purchases(IEnumerable<int> days, DateTimeOffset? at) =>
        from day in days
        from user in Enumerable.Range(0, Users)
        let item = (user + (day * Strides[user / Groups % Strides.Length])) % ItemsOfGroup
        select new { id = $"p-{user}-{day}", userId = UserId(user), itemId = $"item-{user % Groups}-{item:00}", kind = "purchase", occurredAt = at ?? Start.AddDays(day).AddMinutes(user) };
}
