using System.Buffers;
using System.Collections.Frozen;
using RecoService.Engine.Models;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending.Reasons;

/// <summary>
/// Says why candidates are in a list: from what the user did, by the model that proposed them (Hu, Koren, Volinsky, "Collaborative Filtering for Implicit Feedback
/// Datasets", ICDM 2008, section 5; Herlocker, Konstan, Riedl, "Explaining Collaborative Filtering Recommendations", CSCW 2000), or by the source alone.
/// Costs O(candidates x history) and, for factors by least squares, the solution of one system. Thread-safe.
/// </summary>
/// <param name="models">Those of the serving state, over its index space.</param>
/// <param name="coPurchases">Says what was bought together.</param>
internal sealed class Explanations(IReadOnlyList<ServedModel> models, CoPurchases coPurchases)
{
    /// <summary>More items of a history tell a reader nothing.</summary>
    public const int MostItems = 3;

    /// <summary>Candidates that are explained at once, so that a long list of a long history takes no more memory than a short one.</summary>
    private const int AtOnce = 32;

    private static readonly FrozenDictionary<string, ReasonCode> CodesOfSources = new Dictionary<string, ReasonCode>(StringComparer.Ordinal)
    {
        ["catalogue"] = ReasonCode.Popular,
        ["trending"] = ReasonCode.Trending,
        [NewItems.NewName] = ReasonCode.New,
        [NewItems.UntouchedName] = ReasonCode.Content,
        [AttributeRetriever.ByFactors] = ReasonCode.Attributes,
        [AttributeRetriever.ByGroup] = ReasonCode.PopularInGroup,
        ["new-arrivals"] = ReasonCode.New,
        ["recently-viewed"] = ReasonCode.Recent,
        ["buy-again"] = ReasonCode.BuyAgain,
        ["bought-together"] = ReasonCode.BoughtTogether,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// A reason per candidate. The items of a history are there for <see cref="ReasonCode.History"/> and <see cref="ReasonCode.Content"/>, where the model can explain
    /// and the history speaks for the candidate; those that the request is about for <see cref="ReasonCode.BoughtTogether"/>.
    /// </summary>
    /// <param name="context">The request that the candidates are for.</param>
    /// <param name="candidates">A list of a pipeline, or a part of one. Of items like one it is <see cref="Reason.Similar"/>.</param>
    public IReadOnlyList<Reason> Of(in RequestContext context, IReadOnlyList<Candidate> candidates)
    {
        var reasons = new Reason[candidates.Count];
        for (var position = 0; position < reasons.Length; position++)
        {
            if (reasons[position] is not null)
                continue;
            var source = candidates[position].Source;
            if (models.FirstOrDefault(model => model.Name == source)?.Model is IExplainableScorer scorer)
                FillFrom(scorer, source, context, candidates, position, reasons);
            else
                reasons[position] = OfSource(source, candidates[position].ItemIndex, context);
        }

        return reasons;
    }

    /// <summary>The code of a source that is no model that explains; of a model, what the user did.</summary>
    internal static ReasonCode CodeOf(string source) => CodesOfSources.GetValueOrDefault(source, ReasonCode.History);

    /// <summary>Explains some candidates of one model, from the first that has no reason.</summary>
    private static void FillFrom(
        IExplainableScorer scorer, string source, in RequestContext context, IReadOnlyList<Candidate> candidates, int first, Reason[] reasons)
    {
        var user = context.User.Within(scorer.Users.Count, scorer.Items.Count);
        Span<int> positions = stackalloc int[AtOnce];
        Span<int> items = stackalloc int[AtOnce];
        Span<ReasonCode> codes = stackalloc ReasonCode[AtOnce];
        var count = 0;
        for (var position = first; position < reasons.Length && count < AtOnce; position++)
        {
            if (reasons[position] is not null || candidates[position].Source != source)
                continue;
            if (candidates[position].ItemIndex >= scorer.Items.Count)
                reasons[position] = new Reason(ReasonCode.New, []);
            else
                (positions[count], items[count++]) = (position, candidates[position].ItemIndex);
        }

        var history = user.Items.Length;
        var rented = ArrayPool<float>.Shared.Rent(count * history);
        scorer.Contributions(user, items[..count], rented.AsSpan(0, count * history), codes[..count]);
        for (var asked = 0; asked < count; asked++)
        {
            var hasItems = codes[asked] is ReasonCode.History or ReasonCode.Content;
            reasons[positions[asked]] = new Reason(codes[asked], hasItems ? Largest(user.Items, rented.AsSpan(asked * history, history)) : []);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private Reason OfSource(string source, int itemIndex, in RequestContext context)
    {
        var code = CodeOf(source);
        if (code is ReasonCode.Recent or ReasonCode.BuyAgain)
            return new Reason(code, [new ReasonItem(itemIndex, 1)]);
        if (code != ReasonCode.BoughtTogether)
            return new Reason(code, []);
        var scores = new float[context.CurrentItems.Length];
        for (var position = 0; position < scores.Length; position++)
        {
            foreach (var companion in coPurchases.Of(context.CurrentItems[position]))
                scores[position] += companion.ItemIndex == itemIndex ? companion.Score : 0;
        }

        return new Reason(code, Largest(context.CurrentItems, scores));
    }

    /// <summary>The largest contributions above 0, as parts of the sum of all above 0; of equal ones the earlier.</summary>
    private static ReasonItem[] Largest(ReadOnlySpan<int> items, ReadOnlySpan<float> contributions)
    {
        Span<int> best = stackalloc int[MostItems];
        var (count, sum) = (0, 0.0);
        for (var position = 0; position < contributions.Length; position++)
        {
            if (!(contributions[position] > 0))
                continue;
            sum += contributions[position];
            var at = count;
            while (at > 0 && contributions[best[at - 1]] < contributions[position])
                at--;
            if (at == MostItems)
                continue;
            count = Math.Min(count + 1, MostItems);
            best[at..(count - 1)].CopyTo(best[(at + 1)..]);
            best[at] = position;
        }

        var largest = new ReasonItem[count];
        for (var place = 0; place < count; place++)
            largest[place] = new ReasonItem(items[best[place]], (float)(contributions[best[place]] / sum));
        return largest;
    }
}
