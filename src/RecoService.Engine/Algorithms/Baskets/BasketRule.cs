using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.Baskets;

/// <summary>What makes a user's vector of their baskets, how two users are compared, and what each says of an item. Immutable.</summary>
/// <param name="Unit">What a basket is.</param>
/// <param name="Neighbours">How many of the users most like them a user is served from, at least 1.</param>
internal abstract record BasketRule(BasketUnit Unit, int Neighbours)
{
    /// <summary>How a model of this rule is stored.</summary>
    public abstract StoredFormat Format { get; }

    /// <summary>Whether users are compared by which items they took, and not by their vectors.</summary>
    public abstract bool ComparesSets { get; }

    /// <summary>Whether a user who shares nothing may be among the neighbours.</summary>
    public abstract bool TakesStrangers { get; }

    /// <summary>How much of a user's own vector enters their scores.</summary>
    public abstract float OwnShare { get; }

    /// <summary>The weight of each basket of a user in their vector, newest first.</summary>
    public abstract void Weigh(Span<float> weights);

    /// <summary>How like another a user is: the higher the more.</summary>
    /// <param name="dot">Of what is compared.</param>
    /// <param name="ownSquare">The user's squared length; of sets the number of items.</param>
    /// <param name="otherSquare">That of the other.</param>
    public abstract float Likeness(float dot, float ownSquare, float otherSquare);

    /// <summary>How much of a neighbour's vector enters the scores.</summary>
    /// <param name="likeness">Of the neighbour.</param>
    /// <param name="found">How many neighbours there are.</param>
    public abstract float ShareOf(float likeness, int found);

    /// <summary>Writes the rule behind a model's keys.</summary>
    public abstract void Write(ModelWriter writer);
}
