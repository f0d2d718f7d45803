namespace RecoService.Api.Tests.Attribution;

/// <summary>A list as the shop got it.</summary>
internal sealed record LedgerList(Guid Id, string User, string Placement, long At, string[] Items, string[] Sources);

/// <summary>What a user did, as the shop sent it.</summary>
internal sealed record LedgerAct(string Id, string User, string Item, string Kind, long At)
{
    /// <summary>The user as it was sent, also when they are another's part by now.</summary>
    public string Sender { get; init; } = User;

    public Guid? List { get; init; }

    public string? Order { get; init; }

    public int Quantity { get; init; } = 1;

    public decimal Price { get; init; }

    public double Value { get; init; }
}

/// <summary>The shop's own books: everything shown and done, and the figures by going through all of it.</summary>
internal sealed class ShopLedger(TimeSpan window)
{
    private const long Day = 86_400_000;

    public List<LedgerList> Lists { get; } = [];

    public List<LedgerAct> Acts { get; } = [];

    public void Merge(string from, string to)
    {
        for (var at = 0; at < Lists.Count; at++)
            Lists[at] = Lists[at].User == from ? Lists[at] with { User = to } : Lists[at];
        for (var at = 0; at < Acts.Count; at++)
            Acts[at] = Acts[at].User == from ? Acts[at] with { User = to } : Acts[at];
    }

    /// <summary>Rows as text, in order.</summary>
    /// <param name="by">Of day, placement, source and position.</param>
    public string Rows(params string[] by)
    {
        var ofLists = !by.Contains("position") && !by.Contains("source");
        var shown = Lists.SelectMany(list => list.Items.Select((_, at) => (List: list, At: at))).ToLookup(one => KeyOf(one.List, one.At));
        var done = Attributed().ToLookup(one => KeyOf(one.List, one.At));
        return string.Join('\n', shown.Select(group => group.Key).Order(StringComparer.Ordinal).Select(key =>
        {
            var lists = shown[key].Select(one => one.List).Distinct().ToList();
            var orders = done[key].Where(one => one.Role == "purchase").ToList();
            var ratings = done[key].Where(one => one.Role == "rating").ToList();
            return FigureText.Row(
                key, ofLists ? lists.Count : null, ofLists ? lists.Select(list => list.User).Where(user => user.Length > 0).Distinct().Count() : null, shown[key].Count(),
                done[key].Where(one => one.Role is "click" or "view").Select(one => (one.List.Id, one.At)).Distinct().Count(),
                orders.Select(one => one.Act.Order ?? $"{one.Act.User} {one.Act.At / Day}").Distinct().Count(), orders.Count, orders.Sum(one => one.Act.Quantity), orders.Sum(one => one.Act.Quantity * one.Act.Price),
                done[key].Count(one => one.Role == "return"), done[key].Where(one => one.Role == "like").Select(one => (one.List.Id, one.At, one.Act.User)).Distinct().Count(), ratings.Count == 0 ? null : ratings.Sum(one => one.Act.Value) / ratings.Count);
        }));

        string KeyOf(LedgerList list, int at) => string.Join(' ', by.Select(name => name switch
        {
            "day" => DateTimeOffset.FromUnixTimeMilliseconds(list.At).ToString("yyyy-MM-dd"),
            "placement" => list.Placement,
            "source" => list.Sources[at],
            _ => $"{at + 1}",
        }));
    }

    private IEnumerable<(LedgerAct Act, string Role, LedgerList List, int At)> Attributed()
    {
        foreach (var (act, role) in Counting())
        {
            var list = Lists.Find(list => list.Id == act.List && list.Items.Contains(act.Item));
            if (list is null && role != "view")
            {
                list = Lists.Where(list => list.User == act.User && list.Items.Contains(act.Item) && list.At <= act.At && act.At - list.At <= window.TotalMilliseconds)
                    .MaxBy(list => list.At);
            }

            if (list is not null)
                yield return (act, role, list, Array.IndexOf(list.Items, act.Item));
        }
    }

    /// <summary>A return undoes the latest purchase before it that is not undone; the last rating of an item is the rating.</summary>
    private IEnumerable<(LedgerAct Act, string Role)> Counting()
    {
        foreach (var acts in Acts.GroupBy(act => (act.User, act.Item)))
        {
            var open = new Stack<LedgerAct>();
            foreach (var act in acts.Where(act => act.Kind is "purchase" or "return").OrderBy(act => act.At))
            {
                if (act.Kind == "purchase")
                    open.Push(act);
                else if (open.TryPop(out var undone))
                    yield return (undone, "return");
            }

            foreach (var act in open.Concat(acts.Where(act => act.Kind is "click" or "view" or "like")))
                yield return (act, act.Kind);
            if (acts.Where(act => act.Kind == "rating").MaxBy(act => act.At) is { } rating)
                yield return (rating, "rating");
        }
    }
}
