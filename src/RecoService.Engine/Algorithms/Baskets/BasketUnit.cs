namespace RecoService.Engine.Algorithms.Baskets;

/// <summary>Which interactions of a user make a basket: a set without order.</summary>
public enum BasketUnit
{
    /// <summary>Those of one time stamp, as the lines of an order have.</summary>
    Moment,

    /// <summary>Those of one day, UTC.</summary>
    Day,
}
