using RecoService.Engine.Algorithms.Feedback;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Evaluation.OffPolicy;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.PolicyGradient;

/// <summary>
/// Orders the candidates of a first stage by a policy that was learned from drawn places with their propensities: REINFORCE with the correction for lists of K items (<see cref="SlatePolicy"/>), by Adam (Kingma, Ba, ICLR
/// 2015) from the first stage's order. A third of the users judges what the others taught: the policy is refused where the self-normalised estimate of what it earns lies surely below what the logged places earned, or
/// where the log says too little of it. Then it learns from all of them. What the first stage does not know is unknown.
/// </summary>
/// <param name="options">Hyperparameters.</param>
/// <param name="registry">Makes the first stage.</param>
public sealed class PolicyGradientTrainer(PolicyGradientOptions options, TrainerRegistry registry) : ITrainer
{
    /// <summary>Fewer drawn places, or touches of them, teach nothing.</summary>
    private const int FewestRounds = 500;
    private const int FewestTouched = 50;

    private const int Width = UserItemFeatures.Count;
    private const int StepsPerReport = 20;

    /// <summary>One of so many users judges.</summary>
    private const int JudgedPart = 3;

    /// <exception cref="TrainingException">The lists that were shown have no propensities, there are too few of them, or the policy was refused.</exception>
    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        if (!dataset.Exposures.HasDrawn)
            throw new TrainingException("No list that was shown has propensities. Let a placement explore (Reco:Placements:NAME:Exploration), and train again when its lists were clicked.");
        return new TwoStageTraining(options, registry).Train(dataset, context, (part, first, ranking) =>
        {
            var shown = new ShownAfter(dataset, part.Train, FeedbackUse.Raw, options.ValidationUsers, ranking.Seed);
            if (PolicyRounds.CountDrawn(dataset.Exposures, shown) is var (drawn, touched) && (drawn < FewestRounds || touched < FewestTouched))
                throw new TrainingException($"It takes {FewestRounds} drawn places of users with a history, and {FewestTouched} touches of them; since the cut there are {drawn} and {touched}.");
            var rounds = PolicyRounds.Read(dataset.Exposures, shown, new CandidateFeatures(options.Candidates, part, first()), ranking.CancellationToken);
            return Learn(rounds, ranking);
        });
    }

    /// <summary>Judges what a part of the users taught by the others, and learns from all of them.</summary>
    /// <exception cref="TrainingException">The policy is refused.</exception>
    internal LinearRankingFunction Learn(PolicyRounds rounds, TrainingContext context)
    {
        bool IsJudged(int user) => new SeededRandom(context.Seed, user).Next(JudgedPart) == 0;
        var judged = rounds.Of(IsJudged);
        var learned = Ascend(rounds.Of(user => !IsJudged(user)), context);
        if (judged.Users.Count == 0)
            throw new TrainingException("No user is left who could judge the policy.");
        Judge(learned, judged, context);
        return new LinearRankingFunction(Array.ConvertAll(Ascend(rounds, context), weight => (float)weight), 0);
    }

    /// <summary>Maximises n ln J - lambda / 2 |w - w0|^2, n being the touched places, J what lists of the policy earn, and w0 the first stage's order.</summary>
    private double[] Ascend(PolicyRounds rounds, TrainingContext context)
    {
        const double Momentum = 0.9, Memory = 0.999, Little = 1e-8;
        var policy = new SlatePolicy(options.ListLength, options.WeightLimit);
        var start = new double[Width];
        start[UserItemFeatures.FirstStage] = 1;
        var weights = (double[])start.Clone();
        var touched = rounds.All.Count(round => round.Reward > 0);
        var (gradient, mean, square) = (new double[Width], new double[Width], new double[Width]);
        for (var step = 1; step <= options.Steps; step++)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            if (step % StepsPerReport == 0)
                context.Report("ascending", (double)step / options.Steps);
            var scale = policy.Value(weights, rounds, gradient) is > 0 and var value ? touched / value : 0;
            for (var feature = 0; feature < Width; feature++)
            {
                var slope = (scale * gradient[feature]) - (options.Regularization * (weights[feature] - start[feature]));
                mean[feature] = (Momentum * mean[feature]) + ((1 - Momentum) * slope);
                square[feature] = (Memory * square[feature]) + ((1 - Memory) * slope * slope);
                weights[feature] += options.LearningRate * (mean[feature] / (1 - Math.Pow(Momentum, step))) / (Math.Sqrt(square[feature] / (1 - Math.Pow(Memory, step))) + Little);
            }
        }

        return weights;
    }

    /// <exception cref="TrainingException">The policy is refused.</exception>
    private void Judge(double[] weights, PolicyRounds judged, TrainingContext context)
    {
        var rounds = judged.All.ToList();
        var (count, probabilities) = (rounds.Count, SlatePolicy.Probabilities(weights, judged));
        if (probabilities.Max() <= 0)
            throw new TrainingException("The policy would have drawn nothing of what was shown, so the log says nothing of it.");
        var result = OffPolicyEvaluator.Evaluate(
            new LoggedRounds(1, new int[count], [.. rounds.Select(round => (double)round.Reward)], [.. rounds.Select(round => (double)round.Propensity)], TargetPolicy.OfLoggedActions(probabilities)),
            cancellationToken: context.CancellationToken);
        var value = result[OffPolicyEvaluator.Snips]!;
        var text = FormattableString.Invariant(
            $"By {count} drawn places that it had not learned from, the policy earns {value.Value:0.0000} touches a place ({value.Interval.Low:0.0000} to {value.Interval.High:0.0000}), where the logged one earned {result.Logged.Value:0.0000}; they are worth {result.EffectiveSampleSize:0} places of its own.");
        if (result.EffectiveSampleSize < options.MinEffectiveRounds)
            throw new TrainingException($"{text} That is fewer than MinEffectiveRounds, {options.MinEffectiveRounds}, so it is not served.");
        if (value.DifferenceInterval.High < 0)
            throw new TrainingException($"{text} That is surely less, so it is not served.");
        context.Notes.Add($"policy-gradient: {text}");
    }
}
