using RecoService.Engine.Evaluation.OffPolicy;

namespace RecoService.Lab.OffPolicy;

/// <summary>Makes the rounds of the engine of those of files: names become numbers, and the position becomes features.</summary>
internal static class RoundBuilder
{
    /// <param name="file">What was logged.</param>
    /// <param name="policy">The policy that is evaluated; null: what the file says of it.</param>
    /// <exception cref="InvalidDataException">The file says nothing of a policy, its probabilities do not sum to 1, or the policy does not know a position.</exception>
    public static LoggedRounds Build(RoundFile file, PolicyFile? policy)
    {
        var rounds = file.Rounds;
        var names = rounds.Select(round => round.Action)
            .Concat(policy?.ByPosition.Values.SelectMany(actions => actions.Keys) ?? rounds[0].Probabilities?.Keys ?? [])
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var indexes = names.Select((name, index) => (name, index)).ToDictionary(entry => entry.name, entry => entry.index, StringComparer.Ordinal);
        var target = policy is null ? OwnTarget(rounds, indexes) : TargetOf(rounds, indexes, policy);
        try
        {
            return new LoggedRounds(
                names.Count, [.. rounds.Select(round => indexes[round.Action])], [.. rounds.Select(round => round.Reward)], [.. rounds.Select(round => round.Propensity)], target, FeaturesOf(rounds));
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    private static TargetPolicy OwnTarget(IReadOnlyList<FileRound> rounds, Dictionary<string, int> indexes)
    {
        if (rounds.All(round => round.Probabilities is not null))
        {
            var probabilities = new double[rounds.Count * indexes.Count];
            for (var round = 0; round < rounds.Count; round++)
            {
                foreach (var (action, probability) in rounds[round].Probabilities!)
                {
                    if (!indexes.TryGetValue(action, out var index))
                        throw new InvalidDataException($"Round {round + 1} gives a probability to '{action}', which the first round does not know; every round names the same actions.");
                    probabilities[(round * indexes.Count) + index] = probability;
                }
            }

            return Rows(indexes.Count, probabilities, [.. Enumerable.Range(0, rounds.Count)]);
        }

        return rounds.All(round => round.Probability is not null)
            ? TargetPolicy.OfLoggedActions([.. rounds.Select(round => round.Probability!.Value)])
            : throw new InvalidDataException(
                "The rounds say nothing of the policy that is evaluated. Give them a column probability (of the shown action) or columns probability:ACTION (of every action), or give --policy FILE or --policy-log FILE.");
    }

    private static TargetPolicy TargetOf(IReadOnlyList<FileRound> rounds, Dictionary<string, int> indexes, PolicyFile policy)
    {
        var positions = policy.ByPosition.Keys.Order(StringComparer.Ordinal).ToList();
        var probabilities = new double[positions.Count * indexes.Count];
        for (var row = 0; row < positions.Count; row++)
        {
            foreach (var (action, probability) in policy.ByPosition[positions[row]])
                probabilities[(row * indexes.Count) + indexes[action]] = probability;
        }

        var rowOfRound = new int[rounds.Count];
        for (var round = 0; round < rowOfRound.Length; round++)
        {
            rowOfRound[round] = policy.HasPositions ? positions.IndexOf(rounds[round].Position ?? "") : 0;
            if (rowOfRound[round] < 0)
                throw new InvalidDataException($"Round {round + 1} has the position '{rounds[round].Position}', which the policy ({policy.Name}) does not know; it knows {string.Join(", ", positions)}.");
        }

        return Rows(indexes.Count, probabilities, rowOfRound);
    }

    private static TargetPolicy Rows(int actionCount, double[] probabilities, int[] rowOfRound)
    {
        try
        {
            return TargetPolicy.OfRows(actionCount, probabilities, rowOfRound);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"The evaluated policy does not fit: {exception.Message}", exception);
        }
    }

    /// <summary>The context, and a flag for each position but the first.</summary>
    private static double[] FeaturesOf(IReadOnlyList<FileRound> rounds)
    {
        var names = rounds.SelectMany(round => round.Context.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var positions = rounds.Select(round => round.Position ?? "").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Skip(1).ToList();
        var width = names.Count + positions.Count;
        if (width > LoggedRounds.MostFeatures)
            throw new InvalidDataException($"{names.Count} columns of context and {positions.Count + 1} positions are too many for the reward model; it takes {LoggedRounds.MostFeatures} together.");
        var features = new double[rounds.Count * width];
        for (var round = 0; round < rounds.Count; round++)
        {
            var row = features.AsSpan(round * width, width);
            for (var name = 0; name < names.Count; name++)
                row[name] = rounds[round].Context.GetValueOrDefault(names[name]);
            if (positions.IndexOf(rounds[round].Position ?? "") is >= 0 and var position)
                row[names.Count + position] = 1;
        }

        return features;
    }
}
