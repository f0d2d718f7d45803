namespace RecoService.Engine.Recommending.Exploration;

/// <summary>
/// What REINFORCE on logged lists is multiplied by where K items are shown and not one: lambda_K = K (1 - pi)^(K - 1). It pushes items up until they are probable to be among the K and not
/// further. Chen et al., "Top-K Off-Policy Correction for a REINFORCE Recommender System", WSDM 2019.
/// </summary>
internal static class TopKCorrection
{
    /// <param name="length">K, at least 1.</param>
    /// <param name="probability">pi, how probable the policy draws the item, 0..1.</param>
    public static double Factor(int length, double probability)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        if (probability is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "It is 0 to 1.");
        return length * Math.Pow(1 - probability, length - 1);
    }
}
