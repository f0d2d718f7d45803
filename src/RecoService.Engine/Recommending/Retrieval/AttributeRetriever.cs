using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>Items for a user of whom attributes are known and no history that the recommender could use; nothing for others.</summary>
/// <param name="name">The source of its items.</param>
/// <param name="model">Over the index space of the serving state.</param>
/// <param name="isKnown">Whether the recommender was trained with an item of the serving state.</param>
internal sealed class AttributeRetriever(string name, IAttributeScorer model, Func<int, bool> isKnown) : IRetriever
{
    /// <summary>By the place that a factor model gives to these attributes.</summary>
    public const string ByFactors = "attributes";

    /// <summary>By what is popular among users with the same ones.</summary>
    public const string ByGroup = "popular-in-group";

    public string Name => name;

    public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best)
    {
        foreach (var item in context.User.Items)
        {
            if (isKnown(item))
                return;
        }

        if ((context.UserContent ?? context.Users?.ContentOf(context.User.UserIndex)) is { IsEmpty: false } content)
            model.RetrieveFor(content, blocked, best);
    }
}
