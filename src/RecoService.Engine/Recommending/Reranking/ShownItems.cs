using System.Collections.Concurrent;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>
/// How often each user was shown an item lately without doing anything with it, by the keys of the store, so that it outlives a serving state. In memory alone, and
/// bounded: beyond the bound the users who were shown something the longest ago are forgotten, and of one user the items shown the longest ago. An entry takes 12
/// bytes, and a user about 200 besides: 20 entries per user come to about 22 bytes per entry. Readers take no lock; writers of users with different stripes do not
/// wait for each other.
/// </summary>
public sealed class ShownItems
{
    /// <summary>The most items of one user.</summary>
    public const int MostItemsPerUser = 256;

    private const int MostStripes = 64;

    private readonly Stripe[] stripes;
    private readonly uint forgetSeconds;

    /// <param name="mostEntries">Pairs of a user and an item, at least 1. Each of up to 64 stripes takes its share, so a few users may be forgotten before.</param>
    /// <param name="forgetAfter">An item that was not shown for so long counts anew from 1; at least a second.</param>
    public ShownItems(int mostEntries, TimeSpan forgetAfter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostEntries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(forgetAfter, TimeSpan.FromSeconds(1));
        forgetSeconds = (uint)Math.Min(uint.MaxValue, forgetAfter.TotalSeconds);
        stripes = new Stripe[Math.Clamp(mostEntries / (4 * MostItemsPerUser), 1, MostStripes)];
        for (var stripe = 0; stripe < stripes.Length; stripe++)
            stripes[stripe] = new Stripe((mostEntries / stripes.Length) + (stripe < mostEntries % stripes.Length ? 1 : 0));
    }

    /// <summary>Pairs of a user and an item that are known now.</summary>
    public int EntryCount => stripes.Sum(stripe => stripe.EntryCount);

    /// <summary>Users of whom something is known now.</summary>
    public int UserCount => stripes.Sum(stripe => stripe.UserCount);

    /// <summary>A user was shown a list.</summary>
    /// <param name="userKey">The store's key.</param>
    /// <param name="itemKeys">The store's keys; an item that stands twice was shown once.</param>
    /// <param name="now">Unix milliseconds.</param>
    public void Add(int userKey, ReadOnlySpan<int> itemKeys, long now)
    {
        if (!itemKeys.IsEmpty)
            StripeOf(userKey).Add(userKey, itemKeys, Seconds(now), forgetSeconds);
    }

    /// <summary>The user did something with an item: it counts anew.</summary>
    public void Clear(int userKey, int itemKey) => StripeOf(userKey).Clear(userKey, itemKey);

    /// <summary>Forgets a user.</summary>
    public void Erase(int userKey) => StripeOf(userKey).Erase(userKey);

    /// <summary>How often each of some items was shown to a user.</summary>
    /// <param name="userKey">The store's key.</param>
    /// <param name="itemKeys">The store's keys.</param>
    /// <param name="since">Unix milliseconds: an item that was not shown after it counts 0.</param>
    /// <param name="counts">One per item.</param>
    public void CountsOf(int userKey, ReadOnlySpan<int> itemKeys, long since, Span<int> counts)
    {
        var row = Of(userKey);
        for (var position = 0; position < itemKeys.Length; position++)
            counts[position] = row.CountOf(itemKeys[position], since);
    }

    /// <summary>What is known of a user at this moment; it does not change any more.</summary>
    internal Row Of(int userKey) => new(StripeOf(userKey).Of(userKey));

    private static uint Seconds(long milliseconds) => (uint)Math.Clamp(milliseconds / 1000, 0, uint.MaxValue);

    /// <summary>Neighbouring keys go to different stripes whatever their number.</summary>
    private Stripe StripeOf(int userKey) => stripes[(int)(((uint)userKey * 0x9E3779B1) >> 16) % stripes.Length];

    /// <param name="ItemKey">The store's key.</param>
    /// <param name="Second">Unix time of the last time.</param>
    /// <param name="Count">How often.</param>
    internal readonly record struct Entry(int ItemKey, uint Second, int Count);

    /// <summary>What was shown to a user.</summary>
    /// <param name="entries">Ascending item keys.</param>
    internal readonly struct Row(Entry[] entries)
    {
        public bool IsEmpty => entries.Length == 0;

        /// <summary>How often an item was shown; 0 where that was not after <paramref name="since"/>, in Unix milliseconds.</summary>
        public int CountOf(int itemKey, long since) => Find(entries, itemKey) is >= 0 and var position && entries[position].Second * 1000L > since ? entries[position].Count : 0;
    }

    private static int Find(ReadOnlySpan<Entry> entries, int itemKey)
    {
        var (low, high) = (0, entries.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (entries[middle].ItemKey == itemKey)
                return middle;
            if (entries[middle].ItemKey < itemKey)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }

    /// <summary>A share of the users. Rows are replaced and never changed, so that a reader keeps the row it found.</summary>
    private sealed class Stripe(int mostEntries)
    {
        private readonly Lock gate = new();
        private readonly ConcurrentDictionary<int, User> users = new(concurrencyLevel: 1, capacity: 7);
        private User? oldest;
        private User? newest;
        private volatile int entryCount;

        public int EntryCount => entryCount;

        public int UserCount => users.Count;

        public Entry[] Of(int userKey) => users.TryGetValue(userKey, out var user) ? user.Entries : [];

        public void Add(int userKey, ReadOnlySpan<int> itemKeys, uint second, uint forgetSeconds)
        {
            lock (gate)
            {
                if (users.TryGetValue(userKey, out var user))
                    Unlink(user);
                else
                    users[userKey] = user = new User(userKey);
                var entries = With(user.Entries, itemKeys, second, forgetSeconds, Math.Min(mostEntries, MostItemsPerUser));
                entryCount += entries.Length - user.Entries.Length;
                user.Entries = entries;
                LinkNewest(user);
                while (entryCount > mostEntries && oldest is not null)
                    Remove(oldest);
            }
        }

        public void Clear(int userKey, int itemKey)
        {
            lock (gate)
            {
                if (!users.TryGetValue(userKey, out var user) || Find(user.Entries, itemKey) is not (>= 0 and var position))
                    return;
                user.Entries = [.. user.Entries.AsSpan(0, position), .. user.Entries.AsSpan(position + 1)];
                entryCount--;
                if (user.Entries.Length == 0)
                    Remove(user);
            }
        }

        public void Erase(int userKey)
        {
            lock (gate)
            {
                if (users.TryGetValue(userKey, out var user))
                    Remove(user);
            }
        }

        private static Entry[] With(Entry[] entries, ReadOnlySpan<int> itemKeys, uint second, uint forgetSeconds, int most)
        {
            var sorted = itemKeys.ToArray();
            Array.Sort(sorted);
            var merged = new List<Entry>(entries.Length + sorted.Length);
            var from = 0;
            for (var position = 0; position < sorted.Length; position++)
            {
                if (position > 0 && sorted[position] == sorted[position - 1])
                    continue;
                while (from < entries.Length && entries[from].ItemKey < sorted[position])
                    merged.Add(entries[from++]);
                var before = from < entries.Length && entries[from].ItemKey == sorted[position] ? entries[from++] : default;
                var isForgotten = before.Count == 0 || (long)second - before.Second >= forgetSeconds;
                // Of two lists that arrive in the wrong order the later one counts.
                merged.Add(new Entry(sorted[position], Math.Max(second, before.Second), isForgotten ? 1 : before.Count + 1));
            }

            merged.AddRange(entries.AsSpan(from));
            return merged.Count <= most ? [.. merged] : Newest(merged, most);
        }

        private static Entry[] Newest(List<Entry> entries, int most) =>
            [.. entries.OrderByDescending(entry => entry.Second).ThenBy(entry => entry.ItemKey).Take(most).OrderBy(entry => entry.ItemKey)];

        private void Remove(User user)
        {
            Unlink(user);
            users.TryRemove(user.Key, out _);
            entryCount -= user.Entries.Length;
        }

        private void LinkNewest(User user)
        {
            (user.Older, user.Newer) = (newest, null);
            if (newest is not null)
                newest.Newer = user;
            newest = user;
            oldest ??= user;
        }

        private void Unlink(User user)
        {
            if (user.Older is not null)
                user.Older.Newer = user.Newer;
            else
                oldest = user.Newer;
            if (user.Newer is not null)
                user.Newer.Older = user.Older;
            else
                newest = user.Older;
        }
    }

    private sealed class User(int key)
    {
        private volatile Entry[] entries = [];

        public int Key => key;

        public Entry[] Entries { get => entries; set => entries = value; }

        public User? Older { get; set; }

        public User? Newer { get; set; }
    }
}
