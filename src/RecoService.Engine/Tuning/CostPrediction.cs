using RecoService.Engine.Data;

namespace RecoService.Engine.Tuning;

/// <summary>How long a trial will take, by what the trainer says of itself and what trials have taken so far.</summary>
/// <param name="shape">Of the data on all users.</param>
/// <param name="threads">Training and judging.</param>
internal sealed class CostPrediction(DataShape shape, int threads)
{
    /// <summary>Seconds that two threads take over an operation, until something was measured.</summary>
    private const double FirstGuess = 1e-9;

    /// <summary>As many operations have to be measured until they count as much as the first guess.</summary>
    private const double FirstGuessFrom = 5e8;

    /// <summary>Of the data on all users.</summary>
    public DataShape Shape => shape;

    /// <summary>The operations of a training on a part of the users; null where nobody can say.</summary>
    public double? OperationsOf(Contender contender, object options, double part) => contender.Search.Operations?.Invoke(options, shape.OfUsers(part));

    /// <summary>Seconds of training and judging on a part of the users; null where nobody can say.</summary>
    public double? Predict(IReadOnlyCollection<Contender> contenders, Contender contender, object options, double part)
    {
        var judge = contender.JudgeSeconds > 0 ? contender.JudgeSeconds : MedianOf(contenders.Select(other => other.JudgeSeconds).Where(seconds => seconds > 0)) ?? 0;
        if (OperationsOf(contender, options, part) is { } operations)
            return (operations * SecondsPerOperation(contenders, contender)) + judge;
        return contender.Best is { } best ? (best.Trial.TrainSeconds * part / best.Trial.Fraction) + judge : null;
    }

    /// <summary>Of a trainer on this machine at this hour. Little trainings tell little about it: what they take does not grow with the operations.</summary>
    private double SecondsPerOperation(IReadOnlyCollection<Contender> contenders, Contender contender)
    {
        var guess = FirstGuess * 2 / threads;
        // One trainer that is wrong about itself must not be believed of the others.
        var ofOthers = MedianOf(contenders.Where(other => other.Operations > 0).Select(other => ((FirstGuessFrom * guess) + other.TrainSeconds) / (FirstGuessFrom + other.Operations))) ?? guess;
        return ((FirstGuessFrom * ofOthers) + contender.TrainSeconds) / (FirstGuessFrom + contender.Operations);
    }

    private static double? MedianOf(IEnumerable<double> values)
    {
        var ordered = values.Order().ToArray();
        return ordered.Length == 0 ? null : ordered[(ordered.Length - 1) / 2];
    }
}
