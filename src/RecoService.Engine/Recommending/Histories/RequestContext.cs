using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Rules;

namespace RecoService.Engine.Recommending.Histories;

/// <summary>What one request knows.</summary>
/// <param name="user">The user and what they did, over the indexes of the serving state; items and users that arrived after it was built included.</param>
/// <param name="consumed">The items that the user has consumed.</param>
public readonly ref struct RequestContext(UserHistory user, ReadOnlySpan<int> consumed)
{
    /// <param name="user">The user and what they did.</param>
    /// <param name="consumed">The items that the user has consumed.</param>
    /// <param name="consumedTimes">When; one per item.</param>
    public RequestContext(UserHistory user, ReadOnlySpan<int> consumed, ReadOnlySpan<ConsumedTime> consumedTimes)
        : this(user, consumed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(consumedTimes.Length, consumed.Length);
        ConsumedTimes = consumedTimes;
    }

    public UserHistory User { get; } = user;

    /// <summary>Item indexes of the serving state, in no order.</summary>
    public ReadOnlySpan<int> Consumed { get; } = consumed;

    /// <summary>When they were consumed; empty: they stay consumed for ever.</summary>
    public ReadOnlySpan<ConsumedTime> ConsumedTimes { get; private init; } = [];

    /// <summary>Tells what is known of the user from what was known before: the same object as long as it is the same; null: that is not known.</summary>
    internal object? HistoryVersion { get; init; }

    /// <summary>Item indexes that this request does not want, in no order.</summary>
    public ReadOnlySpan<int> Excluded { get; private init; } = [];

    /// <summary>What items have to be; null: anything.</summary>
    public CompiledFilter? Filter { get; private init; }

    /// <summary>The items that the request is about, which a filter can speak of; item indexes.</summary>
    public ReadOnlySpan<int> CurrentItems { get; private init; } = [];

    /// <summary>What else is known of the request, by name; null: nothing.</summary>
    public IReadOnlyDictionary<string, FilterValue>? Context { get; private init; }

    /// <summary>What the shop says of its users; null: nothing.</summary>
    public UserAttributes? Users { get; private init; }

    /// <summary>What is known of the user beyond what they did, where it is not what the shop says; null: that is all.</summary>
    public UserContent? UserContent { get; private init; }

    /// <summary>Item indexes that are to be ordered, and nothing else, where the placement orders given items.</summary>
    public ReadOnlySpan<int> Given { get; private init; } = [];

    /// <summary>Whether items that stay consumed may be listed all the same.</summary>
    public bool AllowsConsumed { get; private init; }

    /// <summary>Unix milliseconds; 0: what is consumed stays so.</summary>
    public long Now { get; private init; }

    /// <summary>What is drawn by chance depends on it.</summary>
    public int Seed { get; private init; }

    /// <summary>What the places that explore draw by; null: nothing explores.</summary>
    public int? ExplorationSeed { get; private init; }

    /// <summary>What the merchant wants of the list; null: nothing.</summary>
    internal ActingRules? Rules { get; private init; }

    /// <summary>How many items pages of the same list have shown before.</summary>
    public int Offset { get; private init; }

    /// <summary>What filters may know of the request.</summary>
    internal FilterContext ForFilters => new() { CurrentItems = CurrentItems, Context = Context, Users = Users, UserIndex = User.UserIndex };

    /// <summary>The same user in a request that has given items ordered.</summary>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="given">Item indexes.</param>
    /// <param name="rules">What the merchant wants of the order.</param>
    /// <param name="context">What else is known of the request.</param>
    /// <param name="users">What the shop says of its users.</param>
    /// <param name="userContent">What is known of the user beyond what they did, where it is not what the shop says.</param>
    internal RequestContext Ordering(
        long now, ReadOnlySpan<int> given, ActingRules? rules = null, IReadOnlyDictionary<string, FilterValue>? context = null, UserAttributes? users = null,
        UserContent? userContent = null) =>
        new(User, Consumed) { ConsumedTimes = ConsumedTimes, Now = now, Given = given, Rules = rules, Context = context, Users = users, UserContent = userContent };

    /// <summary>The same user in a request.</summary>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="excluded">Item indexes that it does not want.</param>
    /// <param name="allowsConsumed">Whether consumed items may be listed.</param>
    /// <param name="filter">What items have to be.</param>
    /// <param name="currentItems">The items that it is about.</param>
    /// <param name="context">What else is known of it.</param>
    /// <param name="rules">What the merchant wants of the list.</param>
    /// <param name="offset">How many items pages of the same list have shown before.</param>
    /// <param name="users">What the shop says of its users.</param>
    /// <param name="seed">Of what is drawn by chance.</param>
    /// <param name="userContent">What is known of the user beyond what they did, where it is not what the shop says.</param>
    /// <param name="explorationSeed">What the places that explore draw by; null: nothing explores.</param>
    internal RequestContext In(
        long now, ReadOnlySpan<int> excluded = default, bool allowsConsumed = false, CompiledFilter? filter = null, ReadOnlySpan<int> currentItems = default,
        IReadOnlyDictionary<string, FilterValue>? context = null, ActingRules? rules = null, int offset = 0, UserAttributes? users = null, int seed = 0,
        UserContent? userContent = null, int? explorationSeed = null) =>
        new(User, Consumed)
        {
            ConsumedTimes = ConsumedTimes,
            HistoryVersion = HistoryVersion,
            Now = now,
            Excluded = excluded,
            AllowsConsumed = allowsConsumed,
            Filter = filter,
            CurrentItems = currentItems,
            Context = context,
            Rules = rules,
            Offset = offset,
            Users = users,
            Seed = seed,
            ExplorationSeed = explorationSeed,
            UserContent = userContent,
        };
}
