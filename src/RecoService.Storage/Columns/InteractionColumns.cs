namespace RecoService.Storage.Columns;

/// <summary>
/// The columns of interactions and ratings, from which both providers build what inserts, copies, stages, merges, corrects and lists them.
/// A column is added here, in <see cref="NewInteraction"/> (and <see cref="StoredInteraction"/> where it is listed), and by a migration of each database.
/// </summary>
internal sealed class InteractionColumns(IReadOnlyList<ContentColumn> content)
{
    /// <summary>The alias of the stored rating in <see cref="UpsertRatings"/> and <see cref="SameRating"/>.</summary>
    public const string Rating = "r";

    public static InteractionColumns Default { get; } = new(
    [
        ContentColumn.Number("value", row => row.Value) with { IsRequiredOfRatings = true, IsInFirstFingerprint = true },
        ContentColumn.Text("session_id", row => row.SessionId) with { IsInFirstFingerprint = true },
        ContentColumn.Text("order_id", row => row.OrderId) with { IsInFirstFingerprint = true, StaysWhenTakenBack = true },
        ContentColumn.Number("quantity", row => row.Quantity) with { IsInFirstFingerprint = true },
        ContentColumn.Money("unit_price", row => row.UnitPrice) with { IsInFirstFingerprint = true },
        ContentColumn.Guid("recommendation_id", row => row.RecommendationId) with { IsInFirstFingerprint = true },
        ContentColumn.Text("attributes", row => row.AttributesJson),
    ]);

    public IReadOnlyList<ContentColumn> Content { get; } = content;

    /// <summary>Those that the first fingerprints do not hold.</summary>
    public IReadOnlyList<ContentColumn> Later { get; } = [.. content.Where(column => !column.IsInFirstFingerprint)];

    /// <summary>All columns of the table but its number, in the order of every INSERT.</summary>
    public string OfInteractions { get; } = $"id, user_key, item_key, kind, {List(content, column => column.Name)}, occurred_at, received_at, fingerprint, change";

    /// <summary>All columns of the table but its mark of what is deleted, in the order of every INSERT.</summary>
    public string OfRatings { get; } = $"user_key, item_key, {List(content, column => column.Name)}, occurred_at, received_at, change";

    /// <summary>The rule of ratings: the newer one wins, and of two at one time the later arrival, when it says something else.</summary>
    public string UpsertRatings { get; } = $"""
        ON CONFLICT (user_key, item_key) DO UPDATE SET
            {List(content, column => $"{column.Name} = excluded.{column.Name}")},
            occurred_at = excluded.occurred_at, received_at = excluded.received_at, change = excluded.change, deleted = false
        WHERE excluded.occurred_at > {Rating}.occurred_at OR (excluded.occurred_at = {Rating}.occurred_at AND NOT ({Same(content, "excluded")}))
        """;

    /// <summary>What a row that is taken back loses.</summary>
    public string ClearInteraction { get; } = "kind = 0, item_key = 0, " + List(content.Where(column => !column.StaysWhenTakenBack), column => $"{column.Name} = NULL");

    /// <summary>What a rating that is taken back loses.</summary>
    public string ClearRating { get; } = List(content, column => column.IsRequiredOfRatings ? $"{column.Name} = 0" : $"{column.Name} = NULL");

    /// <summary>The names, each with this before it: <c>s.</c>, <c>@</c>.</summary>
    public string Prefixed(string prefix) => List(Content, column => prefix + column.Name);

    /// <summary>Each column set to its counterpart: <c>w.</c>, <c>@</c>.</summary>
    public string SetTo(string prefix) => List(Content, column => $"{column.Name} = {prefix}{column.Name}");

    /// <summary>Whether any column of the row differs from its counterpart.</summary>
    public string DiffersFrom(string prefix) => string.Join(" OR ", Content.Select(column => $"{column.Name} IS DISTINCT FROM {prefix}{column.Name}"));

    /// <summary>Whether the stored rating <c>r</c> says the same as the row of this alias.</summary>
    public string SameRating(string alias) => Same(Content, alias);

    /// <summary>The columns with their types, as a stage has them.</summary>
    public string Typed(Func<ContentColumn, string> typeOf) => List(Content, column => $"{column.Name} {typeOf(column)}");

    private static string Same(IReadOnlyList<ContentColumn> content, string alias) =>
        $"NOT {Rating}.deleted AND " + string.Join(" AND ", content.Select(column => $"{Rating}.{column.Name} IS NOT DISTINCT FROM {alias}.{column.Name}"));

    private static string List(IEnumerable<ContentColumn> columns, Func<ContentColumn, string> text) => string.Join(", ", columns.Select(text));
}
