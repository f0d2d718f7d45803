using System.Globalization;
using RecoService.Engine.Data;

namespace RecoService.Engine.Evaluation.Audit;

/// <summary>Users by what tells them apart: how active they are, each text or flag that several of them share, and each number, at its terciles.</summary>
internal static class UserGroups
{
    public const string Activity = "activity";

    /// <param name="data">What is known of the users.</param>
    /// <param name="users">Those that are looked at.</param>
    /// <param name="options">How large a group must be, and how many values an attribute may have.</param>
    /// <returns>Per group, the places of its users in <paramref name="users"/>, ascending.</returns>
    public static IEnumerable<(string Attribute, string Group, int[] Places)> Of(InteractionDataset data, int[] users, AuditOptions options)
    {
        var activities = Terciles([.. users.Select(user => (double)data.UserCount(user))], (low, high) => (low, high) switch
        {
            (null, _) => "light",
            (_, null) => "heavy",
            _ => "medium",
        });
        return activities.Select(group => (Activity, group.Name, group.Places))
            .Concat(data.HasUserContent ? OfAttributes(data, users, options).Concat(OfNumbers(data, users, options)) : [])
            .Where(group => group.Item3.Length >= options.MinGroupUsers);
    }

    private static IEnumerable<(string, string, int[])> OfAttributes(InteractionDataset data, int[] users, AuditOptions options)
    {
        var places = new SortedDictionary<string, List<int>>(StringComparer.Ordinal);
        for (var place = 0; place < users.Length; place++)
        {
            foreach (var term in data.ContentOfUser(users[place])?.Attributes ?? [])
            {
                if (!places.TryGetValue(term, out var found))
                    places.Add(term, found = []);
                found.Add(place);
            }
        }

        // What is different for nearly everybody, as a name or a city, tells no groups; numbers are cut apart by their size.
        return places.Where(pair => !double.TryParse(pair.Key.AsSpan(pair.Key.IndexOf('=', StringComparison.Ordinal) + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out _)).Where(pair => pair.Value.Count >= options.MinGroupUsers).Select(pair => (Name: pair.Key[..pair.Key.IndexOf('=', StringComparison.Ordinal)], pair.Key, Places: pair.Value.ToArray()))
            .GroupBy(value => value.Name, StringComparer.Ordinal).Where(attribute => attribute.Count() >= 2 && attribute.Count() <= options.MostGroups)
            .SelectMany(attribute => attribute.Select(value => (attribute.Key, value.Key[(attribute.Key.Length + 1)..], value.Places)));
    }

    private static IEnumerable<(string, string, int[])> OfNumbers(InteractionDataset data, int[] users, AuditOptions options)
    {
        var numbers = new SortedDictionary<string, List<(int Place, double Value)>>(StringComparer.Ordinal);
        for (var place = 0; place < users.Length; place++)
        {
            if (data.ContentOfUser(users[place]) is not { } content)
                continue;
            // A file without types has numbers as texts.
            foreach (var number in content.Numbers.Concat(content.Attributes.Select(NumberIn).OfType<UserNumber>()))
            {
                if (!numbers.TryGetValue(number.Name, out var found))
                    numbers.Add(number.Name, found = []);
                found.Add((place, number.Value));
            }
        }

        foreach (var (name, found) in numbers.Where(pair => pair.Value.Count >= 2 * options.MinGroupUsers))
        {
            foreach (var (group, places) in Terciles([.. found.Select(one => one.Value)], NameOf))
                yield return (name, group, Array.ConvertAll(places, place => found[place].Place));
        }

        static UserNumber? NumberIn(string term) =>
            term.IndexOf('=', StringComparison.Ordinal) is var end && double.TryParse(term.AsSpan(end + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? new UserNumber(term[..end], value) : null;

        static string NameOf(double? low, double? high) => (low, high) switch
        {
            (null, { } above) => string.Create(CultureInfo.InvariantCulture, $"below {above:0.###}"),
            ({ } least, null) => string.Create(CultureInfo.InvariantCulture, $"{least:0.###} or more"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{low:0.###} to below {high:0.###}"),
        };
    }

    /// <summary>At most three groups of about as many, cut at values, so that equal ones stay together.</summary>
    private static IEnumerable<(string Name, int[] Places)> Terciles(double[] values, Func<double?, double?, string> nameOf)
    {
        if (values.Length == 0)
            yield break;
        var ascending = (double[])values.Clone();
        Array.Sort(ascending);
        double[] cuts = [.. new[] { ascending[ascending.Length / 3], ascending[2 * ascending.Length / 3] }.Distinct().Where(cut => cut > ascending[0])];
        for (var part = 0; part <= cuts.Length && cuts.Length > 0; part++)
        {
            double? low = part == 0 ? null : cuts[part - 1], high = part == cuts.Length ? null : cuts[part];
            yield return (nameOf(low, high), [.. Enumerable.Range(0, values.Length).Where(place => !(values[place] < low) && !(values[place] >= high))]);
        }
    }
}
