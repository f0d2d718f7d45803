using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Evaluation;

/// <summary>
/// Candidate lists for protocols that rank a few random items beside the relevant ones. Figures measured so say little about full lists
/// (Krichene, Rendle, "On Sampled Metrics for Item Recommendation", KDD 2020): only for comparison with tables made the same way.
/// </summary>
public static class SampledNegatives
{
    /// <summary>For each user the relevant items and, for each of them, so many others that they have in neither part; fewer where there are not enough.</summary>
    /// <param name="train">Items of a user's train part are never drawn.</param>
    /// <param name="relevant">|U| x |I|.</param>
    /// <param name="perRelevant">At least 1.</param>
    /// <param name="seed">Which are drawn.</param>
    /// <returns>|U| x |I|, for <see cref="RankingOptions.Candidates"/>.</returns>
    public static SparseMatrix Draw(InteractionDataset train, SparseMatrix relevant, int perRelevant, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(perRelevant, 1);
        var rows = new List<int>();
        var columns = new List<int>();
        for (var user = 0; user < relevant.RowCount; user++)
        {
            foreach (var item in OfUser(user))
            {
                rows.Add(user);
                columns.Add(item);
            }
        }

        var ones = new float[rows.Count];
        Array.Fill(ones, 1);
        return SparseMatrix.FromEntries(relevant.RowCount, relevant.ColumnCount, rows.ToArray(), columns.ToArray(), ones);

        HashSet<int> OfUser(int user)
        {
            HashSet<int> drawn = [.. relevant.RowColumns(user)];
            HashSet<int> taken = [.. train.UserItems.RowColumns(user), .. drawn];
            var wanted = Math.Min((long)drawn.Count * (1 + perRelevant), drawn.Count + relevant.ColumnCount - taken.Count);
            var random = new SeededRandom(seed, stream: user);
            while (drawn.Count < wanted)
            {
                var item = random.Next(relevant.ColumnCount);
                if (taken.Add(item))
                    drawn.Add(item);
            }

            return drawn;
        }
    }
}
