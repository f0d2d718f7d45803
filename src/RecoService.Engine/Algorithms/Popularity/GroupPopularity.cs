using RecoService.Engine.Algorithms.ColdStart;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.Popularity;

/// <summary>
/// What is popular among users with the same attributes: the mean over their terms of the popularity among the users of each, drawn to that among all. With n_i the users for
/// an item, p_i its share of all of them and n_ti those of them with the term t, score(i) = ln p_i + the mean over the user's terms of ln(1 + n_ti / (m p_i)), where m is
/// <see cref="PriorInteractions"/>. Each of these is ln p(i | t) - ln p(i), less what is the same for all items: Zhai, Lafferty, "A Study of Smoothing Methods for Language Models",
/// TOIS 22(2), 2004, with Dirichlet priors. Immutable.
/// </summary>
internal sealed class GroupPopularity
{
    /// <summary>As many interactions of a term's users stand for what all users do.</summary>
    public const double PriorInteractions = 2_000;

    /// <summary>Fewer users of a term for an item say nothing.</summary>
    private const int FewestUsers = 2;

    /// <summary>Items that a term favours most.</summary>
    private const int MostItems = 1_000;

    private readonly UserTerms terms;
    private readonly SparseMatrix gains;
    private readonly float[] shares;

    private GroupPopularity(UserTerms terms, SparseMatrix gains, float[] shares) => (this.terms, this.gains, this.shares) = (terms, gains, shares);

    /// <summary>Learns it from users with attributes.</summary>
    /// <param name="dataset">Whose users these are.</param>
    /// <param name="context">Cancellation, and the terms that models of one run share.</param>
    /// <returns>Null where no attribute is known of enough users.</returns>
    public static GroupPopularity? Learn(InteractionDataset dataset, TrainingContext context)
    {
        if (!dataset.HasUserContent)
            return null;
        var users = UserTerms.Of(dataset, context);
        if (users.Terms.Count == 0)
            return null;
        var usersOfTerms = users.Features.Transpose();
        var sharesOfItems = SharesOf(dataset);
        var counts = new int[dataset.Items.Count];
        var rows = new (int[] Columns, float[] Values)[users.Terms.Count];
        for (var term = 0; term < rows.Length; term++)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            Array.Clear(counts);
            foreach (var user in usersOfTerms.RowColumns(term))
                CountUser(dataset, user, counts);
            rows[term] = RowOf(counts, sharesOfItems);
        }

        return new GroupPopularity(users.Terms, SparseMatrix.Join(dataset.Items.Count, rows), Array.ConvertAll(sharesOfItems, share => (float)Math.Log(share)));
    }

    /// <summary>The logarithm of each item's share; negative infinity for one that nobody is for.</summary>
    /// <param name="sums">|I|, of the model's items.</param>
    public void FillShares(Span<float> sums) => shares.CopyTo(sums);

    /// <summary>Adds what a user's terms say of each item.</summary>
    /// <param name="content">What is known of the user.</param>
    /// <param name="sums">|I|, of the model's items.</param>
    /// <returns>False where nothing that is known of them says anything.</returns>
    public bool TryAdd(UserContent content, Span<float> sums)
    {
        var known = terms.VectorOf(content).Terms;
        foreach (var term in known)
            gains.AddRow(term, 1f / known.Length, sums);
        return known.Length > 0;
    }

    /// <summary>The same over other items.</summary>
    public GroupPopularity Rebase(KeyMap from, KeyMap to)
    {
        var all = KeyMap.FromAscending([.. Enumerable.Range(0, gains.RowCount)]);
        var rebased = new float[to.Count];
        for (var index = 0; index < rebased.Length; index++)
            rebased[index] = from.TryGetIndex(to[index], out var source) ? shares[source] : float.NegativeInfinity;
        return new GroupPopularity(terms, gains.Rebase(all, all, from, to), rebased);
    }

    public bool IsSound() => gains.AllFinite();

    public void Write(ModelWriter writer)
    {
        terms.Write(writer);
        writer.WriteMatrix(gains);
        writer.WriteFloats(shares);
    }

    /// <param name="reader">Where <see cref="Write"/> has written.</param>
    /// <param name="itemCount">|I|.</param>
    public static Func<GroupPopularity> Read(ModelReader reader, int itemCount)
    {
        var words = UserTerms.Read(reader);
        var matrix = reader.ReadMatrix();
        var logarithms = reader.ReadFloats(itemCount);
        return () =>
        {
            var (read, gainsOfItems) = (words(), matrix());
            return gainsOfItems.RowCount == read.Count && gainsOfItems.ColumnCount == itemCount
                ? new GroupPopularity(read, gainsOfItems, logarithms)
                : throw new ArgumentException("What is popular among users does not fit their terms.");
        };
    }

    private static double[] SharesOf(InteractionDataset dataset)
    {
        var counts = new int[dataset.Items.Count];
        for (var user = 0; user < dataset.Users.Count; user++)
            CountUser(dataset, user, counts);
        var all = Math.Max(1, counts.Sum(count => (long)count));
        return Array.ConvertAll(counts, count => (double)count / all);
    }

    private static void CountUser(InteractionDataset dataset, int user, int[] counts)
    {
        var items = dataset.UserItems.RowColumns(user);
        var weights = dataset.UserItems.RowValues(user);
        for (var position = 0; position < items.Length; position++)
            counts[items[position]] += weights[position] > 0 ? 1 : 0;
    }

    private static (int[] Columns, float[] Values) RowOf(int[] counts, double[] sharesOfItems)
    {
        int[] kept =
        [
            .. Enumerable.Range(0, counts.Length).Where(item => counts[item] >= FewestUsers).OrderByDescending(item => counts[item] / sharesOfItems[item])
                .ThenBy(item => item).Take(MostItems).Order(),
        ];
        return (kept, Array.ConvertAll(kept, item => (float)Math.Log(1 + (counts[item] / (PriorInteractions * sharesOfItems[item])))));
    }
}
