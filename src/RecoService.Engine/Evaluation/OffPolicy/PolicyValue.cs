namespace RecoService.Engine.Evaluation.OffPolicy;

/// <summary>What an estimator says that the evaluated policy earns per round.</summary>
/// <param name="Estimator">Its name.</param>
/// <param name="Value">The mean reward per round.</param>
/// <param name="StandardError">Of the value.</param>
/// <param name="Interval">95%, see the estimators.</param>
/// <param name="Difference">Value - the mean reward of what was logged.</param>
/// <param name="DifferenceInterval">95%, paired by round.</param>
public sealed record PolicyValue(string Estimator, double Value, double StandardError, Interval Interval, double Difference, Interval DifferenceInterval);

/// <summary>What is known of a policy from the log of another.</summary>
/// <param name="Logged">The mean reward of what was logged; its difference is 0.</param>
/// <param name="Values">By estimator, in the order of <see cref="OffPolicyEvaluator"/>; those that need all actions are left out where the policy is known of the shown ones alone.</param>
/// <param name="EffectiveSampleSize">(sum w)^2 / sum w^2: how many rounds of the evaluated policy's own the log is worth. Kish, "Survey Sampling", 1965.</param>
/// <param name="MeanWeight">1 where the propensities are right and the log may show whatever the policy would.</param>
/// <param name="MeanWeightError">The standard error of the mean weight.</param>
/// <param name="LargestWeight">By how much one round may count.</param>
/// <param name="SwitchAt">The weight above which switch-DR trusts the model alone; null where it was not used.</param>
public sealed record OffPolicyResult(
    PolicyValue Logged, IReadOnlyList<PolicyValue> Values, double EffectiveSampleSize, double MeanWeight, double MeanWeightError, double LargestWeight, double? SwitchAt)
{
    /// <summary>The value by one estimator; null where it was not used.</summary>
    public PolicyValue? this[string estimator] => Values.FirstOrDefault(value => value.Estimator == estimator);
}
