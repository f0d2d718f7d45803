namespace RecoService.Engine.Training;

/// <summary>What a trainer's models are good for.</summary>
public enum TrainerTarget
{
    /// <summary>Lists of the best items.</summary>
    Ranking,

    /// <summary>Predicted ratings; a list ordered by them is a poor one.</summary>
    Ratings,

    /// <summary>Either.</summary>
    Both,
}
