using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.ColdStart;

/// <summary>
/// Reads what is known of users as terms: a <c>name=value</c> each, and for a number the band that it lies in, of ten with as many users each. A term that fewer than
/// <see cref="FewestUsers"/> users have is unknown, so that no term points at one user. Immutable.
/// </summary>
internal sealed class UserTerms
{
    /// <summary>With fewer users a term is left out.</summary>
    public const int FewestUsers = 5;

    /// <summary>The terms that most users have.</summary>
    private const int MostTerms = 4_096;

    private const int Bands = 10;

    private readonly Dictionary<string, int> terms;
    private readonly Dictionary<string, float[]> upperEdges;

    private UserTerms(Dictionary<string, int> terms, Dictionary<string, float[]> upperEdges) => (this.terms, this.upperEdges) = (terms, upperEdges);

    /// <summary>How many terms there are.</summary>
    public int Count => terms.Count;

    /// <summary>The terms of a dataset's users, and every user in them; the models of one run share them.</summary>
    public static UserFeatures Of(InteractionDataset dataset, TrainingContext context) =>
        context.Memo.GetOrMake(dataset, "cold start: terms of users", () => Learn(dataset));

    /// <summary>The known terms of a user, each of weight 1; empty when nothing that is said of them is known.</summary>
    public TermVector VectorOf(UserContent content)
    {
        var columns = new SortedSet<int>();
        foreach (var term in TermsOf(content, upperEdges))
        {
            if (terms.TryGetValue(term, out var column))
                columns.Add(column);
        }

        var ones = new float[columns.Count];
        ones.AsSpan().Fill(1);
        return new TermVector([.. columns], ones);
    }

    public void Write(ModelWriter writer)
    {
        writer.WriteInt32(terms.Count);
        foreach (var (term, column) in terms)
        {
            writer.WriteInt32(column);
            writer.WriteText(term);
        }

        writer.WriteInt32(upperEdges.Count);
        foreach (var (name, edges) in upperEdges)
        {
            writer.WriteText(name);
            writer.WriteVector(edges);
        }
    }

    public static Func<UserTerms> Read(ModelReader reader)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var count = reader.ReadCount(); count > 0; count--)
        {
            var column = reader.ReadInt32();
            columns[reader.ReadText()] = column;
        }

        var edges = new Dictionary<string, float[]>(StringComparer.Ordinal);
        for (var count = reader.ReadCount(); count > 0; count--)
        {
            var name = reader.ReadText();
            edges[name] = reader.ReadVector();
        }

        return () => columns.Values.Order().SequenceEqual(Enumerable.Range(0, columns.Count))
            ? new UserTerms(columns, edges)
            : throw new ArgumentException("The terms of users are not numbered one after the other.");
    }

    private static UserFeatures Learn(InteractionDataset dataset)
    {
        var numbers = new Dictionary<string, List<float>>(StringComparer.Ordinal);
        for (var user = 0; user < dataset.Users.Count; user++)
        {
            foreach (var (name, value) in dataset.ContentOfUser(user)?.Numbers ?? [])
                (numbers.TryGetValue(name, out var known) ? known : numbers[name] = []).Add((float)value);
        }

        var edges = numbers.ToDictionary(entry => entry.Key, entry => EdgesOf(entry.Value), StringComparer.Ordinal);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var user = 0; user < dataset.Users.Count; user++)
        {
            foreach (var term in dataset.ContentOfUser(user) is { } content ? TermsOf(content, edges).Distinct(StringComparer.Ordinal) : [])
                counts[term] = counts.GetValueOrDefault(term) + 1;
        }

        var kept = counts.Where(entry => entry.Value >= FewestUsers).OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal).Take(MostTerms);
        var read = new UserTerms(kept.Select((entry, column) => (entry.Key, column)).ToDictionary(entry => entry.Key, entry => entry.column, StringComparer.Ordinal), edges);
        var rows = new (int[] Columns, float[] Values)[dataset.Users.Count];
        for (var user = 0; user < rows.Length; user++)
        {
            var vector = dataset.ContentOfUser(user) is { } content ? read.VectorOf(content) : new TermVector([], []);
            rows[user] = (vector.Terms, vector.Weights);
        }

        return new UserFeatures(read, SparseMatrix.Join(read.Count, rows));
    }

    private static float[] EdgesOf(List<float> values)
    {
        values.Sort();
        return [.. Enumerable.Range(1, Bands - 1).Select(band => values[(int)((long)band * values.Count / Bands)]).Distinct()];
    }

    private static IEnumerable<string> TermsOf(UserContent content, Dictionary<string, float[]> upperEdges)
    {
        foreach (var attribute in content.Attributes)
            yield return attribute.Trim().ToLowerInvariant();
        foreach (var (name, value) in content.Numbers)
        {
            if (!upperEdges.TryGetValue(name, out var edges))
                continue;
            var edge = Array.BinarySearch(edges, (float)value);
            yield return FormattableString.Invariant($"{name} in band {(edge >= 0 ? edge + 1 : ~edge)}");
        }
    }
}

/// <param name="Terms">Read users that register later.</param>
/// <param name="Features">|U| x terms.</param>
internal sealed record UserFeatures(UserTerms Terms, SparseMatrix Features);

/// <summary>Places users by their attributes. Immutable.</summary>
/// <param name="terms">Reads them.</param>
/// <param name="regression">From terms to factors, and the bias behind them where the model has biases.</param>
internal sealed class UserPlacing(UserTerms terms, TermRegression regression)
{
    public int Outputs => regression.Outputs;

    /// <summary>Makes the factors of a user, and their bias.</summary>
    /// <param name="content">What is known of them.</param>
    /// <param name="row"><see cref="Outputs"/> values.</param>
    /// <returns>False where nothing that is known of them says anything.</returns>
    public bool TryPlace(UserContent content, Span<float> row)
    {
        var vector = terms.VectorOf(content);
        if (vector.Terms.Length == 0)
            return false;
        regression.Predict(vector.Terms, vector.Weights, row);
        return true;
    }

    public bool IsSound() => regression.IsSound();

    public void Write(ModelWriter writer)
    {
        terms.Write(writer);
        regression.Write(writer);
    }

    public static Func<UserPlacing> Read(ModelReader reader)
    {
        var words = UserTerms.Read(reader);
        UserTerms? read = null;
        var map = TermRegression.Read(reader, () => (read = words()).Count);
        return () =>
        {
            var regression = map();
            return new UserPlacing(read!, regression);
        };
    }
}
