using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Data;

namespace RecoService.Engine.Algorithms.PolicyGradient;

/// <summary>A place that was drawn.</summary>
/// <param name="Candidate">What was drawn: its position among the user's candidates.</param>
/// <param name="Above">Positions, among the user's candidates, of what stood above it and could not be drawn any more; each once.</param>
/// <param name="Propensity">How probable the draw was, above 0 and below 1.</param>
/// <param name="Reward">1 where it was touched, else 0.</param>
internal readonly record struct PolicyRound(int Candidate, int[] Above, float Propensity, float Reward);

/// <summary>The drawn places of one user.</summary>
/// <param name="Features">|candidates| x <see cref="UserItemFeatures.Count"/>, row-major, standardised within the candidates of the first stage.</param>
/// <param name="Rounds">At least one.</param>
internal sealed record PolicyUser(float[] Features, IReadOnlyList<PolicyRound> Rounds);

/// <summary>The drawn places of lists, with the features of what the policy chooses among.</summary>
/// <param name="Users">Those with drawn places.</param>
internal sealed record PolicyRounds(IReadOnlyList<PolicyUser> Users)
{
    /// <summary>Drawn places of one user.</summary>
    private const int MostOfUser = 100;

    /// <summary>All of them, user after user.</summary>
    public IEnumerable<PolicyRound> All => Users.SelectMany(user => user.Rounds);

    /// <summary>The rounds of some users, by their position here.</summary>
    public PolicyRounds Of(Func<int, bool> userIsWanted) => new([.. Users.Where((_, position) => userIsWanted(position))]);

    /// <summary>How many places were drawn in lists after the cut, and how many of these were touched.</summary>
    public static (int Drawn, int Touched) CountDrawn(Exposures exposures, ShownAfter shown)
    {
        var (count, touched) = (0, 0);
        foreach (var (list, place) in shown.Users.SelectMany(user => DrawnOf(exposures, shown.ListsOf(user))))
        {
            count++;
            touched += exposures.IsTouched(list, place) ? 1 : 0;
        }

        return (count, touched);
    }

    /// <param name="exposures">The lists.</param>
    /// <param name="shown">Which of them count: those after the cut.</param>
    /// <param name="candidates">The first stage's, as they were known at the cut.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static PolicyRounds Read(Exposures exposures, ShownAfter shown, CandidateFeatures candidates, CancellationToken cancellationToken)
    {
        var users = new List<PolicyUser>();
        foreach (var user in shown.Users)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var drawn = DrawnOf(exposures, shown.ListsOf(user));
            if (drawn.Count == 0 || !candidates.Read(user))
                continue;
            // What was shown and is not among the candidates any more could be chosen then.
            int[] others = [.. drawn.Select(place => exposures.ItemsOf(place.List)[place.Place]).Distinct().Where(item => !candidates.Items.Contains(item))];
            var otherRows = new float[others.Length * UserItemFeatures.Count];
            var isKnown = others.Length == 0 ? [] : candidates.FillOthers(others, otherRows);
            var positions = new Dictionary<int, int>();
            foreach (var item in candidates.Items)
                positions.Add(item, positions.Count);
            var rows = new List<float>();
            rows.AddRange(candidates.Rows);
            for (var other = 0; other < others.Length; other++)
            {
                if (!isKnown[other])
                    continue;
                positions.Add(others[other], positions.Count);
                rows.AddRange(otherRows.AsSpan(other * UserItemFeatures.Count, UserItemFeatures.Count));
            }

            var rounds = new List<PolicyRound>();
            foreach (var (list, place) in drawn)
            {
                var items = exposures.ItemsOf(list);
                if (!positions.TryGetValue(items[place], out var position))
                    continue;
                var above = new List<int>();
                foreach (var item in items[..place])
                {
                    if (positions.TryGetValue(item, out var blocked) && blocked != position)
                        above.Add(blocked);
                }

                rounds.Add(new PolicyRound(position, [.. above.Distinct()], exposures.PropensityAt(list, place), exposures.IsTouched(list, place) ? 1 : 0));
            }

            if (rounds.Count > 0)
                users.Add(new PolicyUser([.. rows], rounds));
        }

        return new PolicyRounds(users);
    }

    /// <summary>The newest drawn places of some lists.</summary>
    private static List<(int List, int Place)> DrawnOf(Exposures exposures, List<int> lists)
    {
        var drawn = new List<(int, int)>();
        foreach (var list in Enumerable.Reverse(lists))
        {
            var items = exposures.ItemsOf(list);
            for (var place = 0; place < items.Length && drawn.Count < MostOfUser; place++)
            {
                if (items[place] >= 0 && exposures.PropensityAt(list, place) < 1)
                    drawn.Add((list, place));
            }
        }

        return drawn;
    }
}
