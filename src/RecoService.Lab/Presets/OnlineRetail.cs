using System.Globalization;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Numerics;
using RecoService.Lab.Files;

namespace RecoService.Lab.Presets;

/// <summary>
/// UCI Online Retail, a UK gift shop's invoices of 2010-12 to 2011-12. Chen, Sain, Guo, J. Database Marketing 19(3), 2012; no split is published.
/// A line counts when it names a customer, its invoice is no cancellation (C...), its quantity is above 0 and its stock code is a product's: five digits first
/// (postage, discounts, samples, charges, vouchers and manual entries have other codes). Codes are compared in capitals.
/// </summary>
internal static class OnlineRetail
{
    private const int BasketSeed = 42;

    /// <summary>As much of the train part validates as of the whole is test: the newest.</summary>
    private const double ValidationFraction = 0.1;

    private static readonly long Cut = new DateTimeOffset(2011, 11, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static readonly EvaluationProtocol Protocol = new(EvaluationTarget.TopN, [5, 10, 20]);

    public static IReadOnlyList<EvaluationPart> Load(string folder)
    {
        var lines = ReadLines(folder).ToList();
        var customers = new SplitBuilder();
        var baskets = new SplitBuilder();
        foreach (var line in lines)
        {
            customers.Add(new FileInteraction(line.Customer, line.Item, Time: line.Time));
            baskets.Add(new FileInteraction(line.Invoice, line.Item, Time: line.Time));
        }

        AddContent(customers, lines);
        AddContent(baskets, lines);
        var split = Splits.AtTime(customers.Build().All, Cut);
        var holdout = HoldoutItems.From(split.Train, split.Holdout);
        return
        [
            new EvaluationPart("first purchases from 2011-11-01 on", [new(split.Train, split.Holdout, holdout.Relevant)], Protocol, []) { CutValidation = (train, _) => CutNewest(train), IsCutByTime = true },
            new EvaluationPart("of these, items first sold from then on", [new(split.Train, split.Holdout, holdout.NewItems(split.Train))], Protocol, []) { CutValidation = (train, _) => CutNewItems(train), IsCutByTime = true },
            new EvaluationPart("one item of each invoice from 2011-11-01 on", [EvaluationFold.OfLists(OneOutOfEachBasket(baskets.Build().All, Cut))], Protocol, [])
            {
                CutValidation = (train, _) => EvaluationFold.OfLists(OneOutOfEachBasket(train, train.SplitByTime(ValidationFraction).CutTime)),
            },
        ];
    }

    /// <summary>Every line that counts, with its invoice.</summary>
    public static IEnumerable<FileInteraction> Purchases(string folder) => ReadLines(folder).Select(line => new FileInteraction(line.Customer, line.Item, Time: line.Time) { Order = line.Invoice });

    /// <summary>Every line that counts as a customer's purchase, and what is known of the products.</summary>
    public static SplitBuilder Everything(string folder)
    {
        var lines = ReadLines(folder).ToList();
        var customers = new SplitBuilder();
        foreach (var line in lines)
            customers.Add(new FileInteraction(line.Customer, line.Item, Time: line.Time));
        AddContent(customers, lines);
        return customers;
    }

    private static EvaluationFold CutNewest(InteractionDataset train) => EvaluationFold.OfLists(train.SplitByTime(ValidationFraction));

    private static EvaluationFold CutNewItems(InteractionDataset train)
    {
        var split = train.SplitByTime(ValidationFraction);
        return new EvaluationFold(split.Train, split.Holdout, HoldoutItems.From(split.Train, split.Holdout).NewItems(split.Train));
    }

    /// <summary>A user is an invoice here. Of each from the cut on with at least two products one is held out at random; the others are known, and train as the earlier invoices do.</summary>
    private static DataSplit OneOutOfEachBasket(InteractionDataset invoices, long cut)
    {
        var held = new List<bool>();
        for (var invoice = 0; invoice < invoices.Users.Count; invoice++)
        {
            var items = invoices.UserItemIndexes(invoice).ToArray();
            var products = items.Distinct().ToArray();
            var chosen = products.Length > 1 && invoices.UserTimes(invoice)[0] >= cut
                ? products[new SeededRandom(BasketSeed, invoices.Users[invoice]).Next(products.Length)]
                : -1;
            held.AddRange(items.Select(item => item == chosen));
        }

        return Splits.HoldOut(invoices, [.. held]);
    }

    /// <summary>The description and the price of an item's first line that has them.</summary>
    internal static void AddContent(SplitBuilder builder, List<Line> lines)
    {
        foreach (var item in lines.GroupBy(line => line.Item, StringComparer.Ordinal))
        {
            builder.AddContent(item.Key, new ItemContent
            {
                Title = item.Select(line => line.Description).FirstOrDefault(text => text.Length > 0, ""),
                Price = item.Select(line => line.Price).FirstOrDefault(price => price > 0),
            });
        }
    }

    internal static IEnumerable<Line> ReadLines(string folder)
    {
        var path = Path.Combine(folder, "online-retail.csv.gz");
        foreach (var (number, text) in DelimitedLines.Read(path).Skip(1))
        {
            var fields = DelimitedLines.Fields(text, ",");
            if (fields.Length != 8)
                throw new InvalidDataException($"{path}, line {number}: 8 fields are expected, {fields.Length} found.");
            if (fields[6].Length > 0 && !fields[0].StartsWith('C') && IsProduct(fields[1]) && !fields[3].StartsWith('-') && fields[3] != "0")
            {
                if (!InteractionFile.TryTime(fields[4], out var time))
                    throw new InvalidDataException($"{path}, line {number}: '{fields[4]}' is no time.");
                var price = float.TryParse(fields[5], NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) ? amount : (float?)null;
                yield return new Line(fields[0], fields[1].ToUpperInvariant(), time, fields[6], fields[2], price);
            }
        }
    }

    private static bool IsProduct(string stockCode) => stockCode.Length >= 5 && stockCode.AsSpan(0, 5).IndexOfAnyExceptInRange('0', '9') < 0;

    internal readonly record struct Line(string Invoice, string Item, long Time, string Customer, string Description, float? Price);
}
