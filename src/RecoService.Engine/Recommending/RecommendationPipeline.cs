using System.Buffers;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending;

/// <summary>The one place that knows the order of the stages: collect -> filter -> one of each group -> top up from the next source.</summary>
/// <param name="sources">Asked in this order until the list is full.</param>
/// <param name="catalogue">Says what can be shown, and which items are variants of one article.</param>
/// <param name="history">Says what the user has consumed.</param>
public sealed class RecommendationPipeline(IReadOnlyList<ICandidateSource> sources, LiveCatalogue catalogue, LiveHistory history)
{
    /// <summary>At most <paramref name="limit"/> items, best first; fewer when the catalogue holds no more that may be shown.</summary>
    public List<Candidate> Recommend(in RequestContext context, int limit)
    {
        var words = ArrayPool<ulong>.Shared.Rent(Math.Max(1, catalogue.BlockedWords));
        try
        {
            // Bits beyond the catalogue belong to items that arrive while we look; they are not ours to show yet.
            words.AsSpan().Fill(ulong.MaxValue);
            catalogue.CopyBlockedTo(words);
            history.Block(context.User.UserIndex, words);

            var list = new List<Candidate>(limit);
            HashSet<string>? groups = null;
            var best = new TopK(limit);
            Span<int> indexes = stackalloc int[limit];
            Span<float> scores = stackalloc float[limit];
            foreach (var source in sources)
            {
                int found;
                do
                {
                    source.Collect(context, words, best);
                    found = best.Drain(indexes, scores);
                    for (var place = 0; place < found && list.Count < limit; place++)
                    {
                        Bits.Set(words, indexes[place]);
                        if (catalogue[indexes[place]].GroupId is not { } group || (groups ??= new(StringComparer.Ordinal)).Add(group))
                            list.Add(new Candidate(indexes[place], scores[place], source.Name));
                    }
                }
                while (list.Count < limit && found == limit);

                if (list.Count == limit)
                    break;
            }

            return list;
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(words);
        }
    }
}
