namespace RecoService.Engine.Experiments;

/// <summary>A part of [0, 1), from the lower end on and without the upper one.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="From">0 or more.</param>
/// <param name="To">Above <paramref name="From"/>, at most 1.</param>
public readonly record struct TrafficRange(string Name, double From, double To);

/// <summary>
/// Parts of the users that do not overlap, each under a name: the experiments of a layer, or the variants of an experiment. A user falls by <see cref="UserHash"/>. Two experiments of one
/// layer never have a user in common; those of layers with other salts are independent of each other. Tang, Agarwal, O'Brien, Meyer, "Overlapping Experiment Infrastructure", KDD 2010.
/// </summary>
public sealed class Traffic
{
    private readonly TrafficRange[] ranges;

    /// <param name="salt">Of the layer or the experiment.</param>
    /// <param name="ranges">Parts of [0, 1), in any order; what no range covers belongs to nobody.</param>
    /// <exception cref="ArgumentException">A range is empty or reaches out of [0, 1), a name stands twice, or two ranges overlap; the message names them.</exception>
    public Traffic(string salt, IEnumerable<TrafficRange> ranges)
    {
        (Salt, this.ranges) = (salt, [.. ranges.OrderBy(range => range.From)]);
        foreach (var range in this.ranges)
        {
            if (!(range.From >= 0 && range.From < range.To && range.To <= 1))
                throw new ArgumentException($"'{range.Name}' has {range.From} to {range.To}; a range lies within 0 to 1 and is not empty.", nameof(ranges));
        }

        for (var position = 1; position < this.ranges.Length; position++)
        {
            var (before, after) = (this.ranges[position - 1], this.ranges[position]);
            if (before.To > after.From)
                throw new ArgumentException($"'{before.Name}' ({before.From} to {before.To}) and '{after.Name}' ({after.From} to {after.To}) overlap.", nameof(ranges));
        }

        if (this.ranges.GroupBy(range => range.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { Key: var twice })
            throw new ArgumentException($"'{twice}' stands twice.", nameof(ranges));
    }

    /// <summary>Of the layer or the experiment.</summary>
    public string Salt { get; }

    /// <summary>The ranges in ascending order.</summary>
    public IReadOnlyList<TrafficRange> Ranges => ranges;

    /// <summary>Ranges that follow each other in the order given and cover [0, 1), each by its share.</summary>
    /// <param name="salt">Of the experiment.</param>
    /// <param name="shares">Names with shares in any unit, each above 0.</param>
    /// <exception cref="ArgumentException">There is none, a share is not above 0, or a name stands twice.</exception>
    public static Traffic OfShares(string salt, IReadOnlyList<(string Name, double Share)> shares)
    {
        if (shares.Count == 0 || shares.Any(share => !(share.Share > 0 && double.IsFinite(share.Share))))
            throw new ArgumentException("At least one share is given, and each is above 0.", nameof(shares));
        var (total, sum, from) = (shares.Sum(part => part.Share), 0.0, 0.0);
        var parts = new TrafficRange[shares.Count];
        for (var position = 0; position < parts.Length; position++)
        {
            sum += shares[position].Share;
            // The last one ends at 1, whatever the sums were rounded to.
            var to = position == parts.Length - 1 ? 1 : sum / total;
            parts[position] = new TrafficRange(shares[position].Name, from, to);
            from = to;
        }

        return new Traffic(salt, parts);
    }

    /// <summary>Whose a user is; null for nobody's.</summary>
    public string? NameOf(string userId) => ranges is [{ From: 0, To: 1, Name: var all }] ? all : NameAt(UserHash.Of(Salt, userId));

    /// <summary>Whose a number of [0, 1) is; null for nobody's.</summary>
    public string? NameAt(double position)
    {
        foreach (var range in ranges)
        {
            if (position >= range.From && position < range.To)
                return range.Name;
        }

        return null;
    }
}
