using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Training;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>The highest-scoring items of a trained model.</summary>
/// <param name="name">The trainer's name.</param>
/// <param name="model">Rebased onto the index space of the serving state.</param>
public sealed class ModelRetriever(string name, IScorer model) : IRetriever
{
    private readonly IBulkScorer? bulk = model as IBulkScorer;

    public string Name { get; } = name;

    /// <summary>The model behind a source, where it makes the lists of many users in less time than one after the other; null otherwise.</summary>
    internal static ModelRetriever? OfMany(IRetriever source) => (source is RememberingRetriever remembering ? remembering.Source : source) is ModelRetriever { bulk: not null } model ? model : null;

    public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best) =>
        model.Retrieve(context.User.Within(model.Users.Count, model.Items.Count), blocked, best);

    /// <summary>Whether <see cref="CollectMany"/> collects for this user what <see cref="Collect"/> does.</summary>
    internal bool IsKnownByIndex(in RequestContext context) => bulk is not null && bulk.IsKnownByIndex(context.User.Within(model.Users.Count, model.Items.Count));

    /// <summary>What <see cref="Collect"/> does for those of several users whom the model knows by their index.</summary>
    /// <param name="userIndexes">n user indexes of the serving state; -1 for one who is to be left out.</param>
    /// <param name="blocked">n x <paramref name="wordsPerUser"/>.</param>
    /// <param name="wordsPerUser">How many words each user has.</param>
    /// <param name="best">One per user.</param>
    internal void CollectMany(ReadOnlySpan<int> userIndexes, ReadOnlySpan<ulong> blocked, int wordsPerUser, ReadOnlySpan<TopK> best) =>
        bulk?.RetrieveMany(userIndexes, blocked, wordsPerUser, best);
}
