using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Recommending;

/// <summary>The items like one, from models that know about likeness, the first that knows an item first; of a new item from what the catalogue says of it.</summary>
internal static class SimilarItems
{
    public static List<Candidate> Find(int itemIndex, int limit, IReadOnlyList<ServedModel> models, NewItems newItems, LiveCatalogue catalogue)
    {
        var blocked = new ulong[Math.Max(1, catalogue.BlockedWords)];
        catalogue.CopyBlockedTo(blocked);
        Bits.Set(blocked, itemIndex);

        var list = new List<Candidate>(limit);
        var groups = new HashSet<string>(StringComparer.Ordinal);
        if (catalogue[itemIndex].GroupId is { } own)
            groups.Add(own);
        var best = new TopK(limit);
        var (indexes, scores) = (new int[limit], new float[limit]);
        foreach (var model in models)
        {
            if (model.Model is ISimilarItems scorer)
                Fill(model.Name, best => scorer.RetrieveSimilarItems(itemIndex, blocked, best));
        }

        Fill("content", best => newItems.RetrieveSimilarItems(itemIndex, blocked, best));
        return list;

        void Fill(string source, Action<TopK> retrieve)
        {
            int found;
            do
            {
                retrieve(best);
                found = best.Drain(indexes, scores);
                for (var place = 0; place < found && list.Count < limit; place++)
                {
                    Bits.Set(blocked, indexes[place]);
                    if (catalogue[indexes[place]].GroupId is not { } group || groups.Add(group))
                        list.Add(new Candidate(indexes[place], scores[place], source));
                }
            }
            while (list.Count < limit && found == limit);
        }
    }
}
