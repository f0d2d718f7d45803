using RecoService.Engine.Evaluation;
using RecoService.Lab.Files;

namespace RecoService.Lab.Presets;

/// <summary>
/// The customers of <see cref="OnlineRetail"/> and their invoices in the order of time: the last invoice of each customer with at least two is the test part, all items are
/// ranked, and those bought before count when they are bought again. No split is published. Options are chosen on the invoice before it, trained on those before that.
/// </summary>
internal static class OnlineRetailBaskets
{
    private static readonly EvaluationProtocol Protocol = new(EvaluationTarget.TopN, [5, 10, 20], RankingMetric.Recall, Repeats: RepeatRule.Allow);

    public static IReadOnlyList<EvaluationPart> Load(string folder)
    {
        var lines = OnlineRetail.ReadLines(folder).ToList();
        var builder = new SplitBuilder { CanRepeat = true };
        foreach (var row in BasketFile.InOrder(lines.Select(line => new FileInteraction(line.Customer, line.Item, Time: line.Time) { Order = line.Invoice })))
            builder.Add(row);
        OnlineRetail.AddContent(builder, lines);
        return
        [
            new EvaluationPart("the last invoice of each customer", [EvaluationFold.OfLists(Splits.LastBasket(builder.Build().All), RepeatRule.Allow)], Protocol, [])
            {
                CutValidation = (train, _) => EvaluationFold.OfLists(Splits.LastBasket(train), RepeatRule.Allow),
            },
        ];
    }
}
