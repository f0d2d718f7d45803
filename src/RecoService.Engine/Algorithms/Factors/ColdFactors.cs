using RecoService.Engine.Algorithms.ColdStart;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.Factors;

/// <summary>
/// Where a factor model places what it had no interactions of: items by what the catalogue says of them, users by their attributes, each by a regression from the
/// terms to the factors that were trained (<see cref="TermRegression"/>). Every factor model learns it in the same way, after its own training. Immutable.
/// </summary>
internal sealed class ColdFactors
{
    /// <summary>Knows nothing.</summary>
    public static ColdFactors None { get; } = new(null, null, KeyMap.Empty, new FactorMatrix(0, 0));

    private readonly ItemPlacing? items;
    private readonly UserPlacing? users;
    private readonly FactorMatrix rows;

    private ColdFactors(ItemPlacing? items, UserPlacing? users, KeyMap coldKeys, FactorMatrix rows)
    {
        (this.items, this.users, this.rows) = (items, users, rows);
        ColdKeys = coldKeys;
    }

    /// <summary>Items that were in the training data without an interaction, and that the catalogue says something of.</summary>
    public KeyMap ColdKeys { get; }

    /// <summary>Whether items are placed.</summary>
    public bool PlacesItems => items is not null;

    /// <summary>Whether users are placed.</summary>
    public bool PlacesUsers => users is not null;

    /// <summary>Learns from the rows of a trained model. A row counts by how many interactions it was trained on.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dataset">What it was trained on.</param>
    /// <param name="context">Threads, cancellation, and the terms that models of one run share.</param>
    public static ColdFactors Learn(FactorModel model, InteractionDataset dataset, TrainingContext context)
    {
        if (model.ItemFactors.Factors == 0)
            return None;
        var itemTerms = dataset.HasContent ? ItemTerms.Of(dataset, context) : null;
        var placesItems = itemTerms is null ? null : LearnItems(model, itemTerms, dataset, context);
        var placesUsers = LearnUsers(model, dataset, context);
        if (placesItems is null)
            return placesUsers is null ? None : new ColdFactors(null, placesUsers, KeyMap.Empty, new FactorMatrix(0, 0));
        var terms = itemTerms!.Features;
        int[] cold = [.. Enumerable.Range(0, dataset.Items.Count).Where(item => !model.KnowsItem(item) && terms.RowLength(item) > 0)];
        var places = new FactorMatrix(cold.Length, placesItems.Outputs);
        for (var position = 0; position < cold.Length; position++)
            placesItems.RowOf(terms.RowColumns(cold[position]), terms.RowValues(cold[position])).CopyTo(places.Row(position));
        return new ColdFactors(placesItems, placesUsers, KeyMap.FromAscending([.. cold.Select(item => dataset.Items[item])]), places);
    }

    /// <summary>The factors of an item that arrived later, and its bias; null where nothing is known of it.</summary>
    public float[]? RowOf(ItemContent content) => items?.RowOf(content);

    /// <summary>The same of one of <see cref="ColdKeys"/>.</summary>
    public float[]? RowOf(int key) => ColdKeys.TryGetIndex(key, out var position) ? rows[position].ToArray() : null;

    /// <summary>Makes the factors of a user of whom only attributes are known, and their bias; false where these say nothing.</summary>
    public bool TryPlace(UserContent content, Span<float> row) => users?.TryPlace(content, row) == true;

    public bool IsSound() => items?.IsSound() != false && users?.IsSound() != false && VectorMath.AllFinite(rows.Values);

    public void Write(ModelWriter writer)
    {
        writer.WriteInt32(items is null ? 0 : 1);
        items?.Write(writer);
        writer.WriteInt32(users is null ? 0 : 1);
        users?.Write(writer);
        writer.WriteKeys(ColdKeys);
        writer.WriteFactors(rows);
    }

    /// <param name="reader">Where <see cref="Write"/> has written.</param>
    public static Func<ColdFactors> Read(ModelReader reader)
    {
        var readItems = reader.ReadInt32() != 0 ? ItemPlacing.Read(reader) : null;
        var readUsers = reader.ReadInt32() != 0 ? UserPlacing.Read(reader) : null;
        var readKeys = reader.ReadKeys();
        var readRows = reader.ReadFactors();
        return () =>
        {
            var (keys, places) = (readKeys(), readRows());
            ArgumentOutOfRangeException.ThrowIfNotEqual(places.RowCount, keys.Count);
            return new ColdFactors(readItems?.Invoke(), readUsers?.Invoke(), keys, places);
        };
    }

    /// <exception cref="ArgumentException">It makes other rows than those of the model.</exception>
    public void RequireFit(int itemNumbers, int userNumbers)
    {
        if ((items is not null && (items.Outputs != itemNumbers || rows.Factors != itemNumbers)) || (users is not null && users.Outputs != userNumbers))
            throw new ArgumentException("What places new items and users does not fit the factors.");
    }

    private static ItemPlacing? LearnItems(FactorModel model, ItemTerms terms, InteractionDataset dataset, TrainingContext context)
    {
        var weights = new float[dataset.Items.Count];
        for (var item = 0; item < weights.Length; item++)
            weights[item] = model.KnowsItem(item) && terms.Features.RowLength(item) > 0 ? WeightOf(dataset.ItemUsers.RowLength(item)) : 0;
        return TermRegression.Learn(terms.Features, WithBiases(model.ItemFactors, model.ItemBiases), weights, context) is { } regression ? new ItemPlacing(terms.Vocabulary, regression) : null;
    }

    private static UserPlacing? LearnUsers(FactorModel model, InteractionDataset dataset, TrainingContext context)
    {
        if (!dataset.HasUserContent)
            return null;
        var (terms, features) = UserTerms.Of(dataset, context);
        var weights = new float[dataset.Users.Count];
        for (var user = 0; user < weights.Length; user++)
            weights[user] = model.KnowsUser(user) && features.RowLength(user) > 0 ? WeightOf(dataset.UserItems.RowLength(user)) : 0;
        return TermRegression.Learn(features, WithBiases(model.UserFactors, model.UserBiases), weights, context) is { } regression ? new UserPlacing(terms, regression) : null;
    }

    /// <summary>The more interactions a row was trained on, the surer it is; beyond some they add little.</summary>
    private static float WeightOf(int interactions) => interactions / (interactions + 10f);

    private static FactorMatrix WithBiases(FactorMatrix factors, float[] biases)
    {
        if (biases.Length == 0)
            return factors;
        var all = new FactorMatrix(factors.RowCount, factors.Factors + 1);
        for (var row = 0; row < factors.RowCount; row++)
        {
            factors[row].CopyTo(all.Row(row));
            all.Row(row)[^1] = biases[row];
        }

        return all;
    }
}
