using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Profiles;

namespace RecoService.Engine.Tests.Recommending.Profiles;

/// <summary>A shop of five items, in which tests let users do things: <c>pan</c>, <c>pot</c>, <c>rake</c>, <c>card</c> and <c>tub</c> have the keys and indexes 0 to 4.</summary>
internal static class ProfileShop
{
    public const long Day = TimeSpan.MillisecondsPerDay;

    /// <summary>A noon, so that some hours before and after are of the same day.</summary>
    public const long Now = (20_000 * Day) + (Day / 2);

    public static byte AddToCart { get; } = Kind("add-to-cart");

    public static byte Return { get; } = Kind("return");

    public static byte RemoveFromCart { get; } = Kind("remove-from-cart");

    private static CatalogueItem Record { get; } = new(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null) { Revision = 1, Currency = "EUR" };

    public static IReadOnlyList<ServedItem> Items { get; } =
    [
        new(0, "pan", Record with { Price = 10, Categories = ["Home > Kitchen > Pans"], Attributes = [ItemAttribute.Of("brand", "Oak"), ItemAttribute.Of("size", 24)] }),
        new(1, "pot", Record with { Price = 20, SalePrice = 15, GroupId = "pots", Categories = ["Home>Kitchen", "Gifts"], Attributes = [ItemAttribute.Of("brand", "Oak")] }),
        new(2, "rake", Record with { Price = 40, Categories = ["Garden"], Attributes = [ItemAttribute.Of("brand", "Elm")] }),
        new(3, "card", Record with { Price = 80 }),
        new(4, "tub", Record with { Price = 160, Available = false, Categories = ["Home > Bath"], Attributes = [ItemAttribute.Of("brand", ["Fir", "Oak"])] }),
    ];

    public static string UserId(int user) => $"u{user}";

    /// <param name="days">Before <see cref="Now"/>.</param>
    public static ServedInteraction Did(int user, int item, byte kind, double days, float value = 0) =>
        new(user, UserId(user), item, Items[item].ItemId, kind, value, Now - (long)(days * Day));

    /// <summary>A state of users 1 to <paramref name="users"/> that was built from these interactions.</summary>
    public static ServingState Built(int users, IEnumerable<ServedInteraction> interactions, ServingOptions? options = null, ReadPoint? through = null, InteractionKinds? kinds = null)
    {
        var builder = new InteractionDatasetBuilder(kinds ?? InteractionKinds.Default);
        foreach (var item in Items)
            builder.AddItem(item.Key);
        for (var user = 1; user <= users; user++)
            builder.AddUser(user);
        foreach (var interaction in interactions)
            builder.Add(interaction.UserKey, interaction.ItemKey, interaction.KindIndex, interaction.Value, interaction.Time);
        return new ServingState([], [.. Enumerable.Range(1, users).Select(user => (user, UserId(user)))], CatalogueBuilder.Of(Items), builder.Build(), options ?? new ServingOptions(), through);
    }

    public static UserProfile UserProfile(this ServingState state, int user, long now = Now) =>
        state.Users.TryGetIndex(UserId(user), out var index) ? state.UserProfileOf(index, now) : throw new ArgumentException($"Nobody knows user {user}.", nameof(user));

    public static ItemProfile ItemProfile(this ServingState state, int item, long now = Now) => state.ItemProfileOf(item, now);

    private static byte Kind(string name) => InteractionKinds.Default.TryGetIndex(name, out var index) ? index : throw new ArgumentException($"There is no kind '{name}'.", nameof(name));
}
