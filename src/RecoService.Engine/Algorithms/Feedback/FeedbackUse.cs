namespace RecoService.Engine.Algorithms.Feedback;

/// <summary>What a trainer learns from the lists that users were shown, beside the interactions.</summary>
public enum FeedbackUse
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>What was shown and not touched is a weak negative, wherever it stood.</summary>
    Raw,

    /// <summary>The same, with the position taken out: what was left counts by how probable it is that the user looked at its place.</summary>
    Debiased,

    /// <summary>The same in another way: what was touched counts by the inverse of that probability, at most ten times. It has the same mean and more noise.</summary>
    InversePropensity,
}
