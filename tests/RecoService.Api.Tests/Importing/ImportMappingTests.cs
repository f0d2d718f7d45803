using System.Globalization;
using System.Text;
using System.Text.Json;
using RecoService.Api.Importing;
using RecoService.Api.Importing.Mapping;
using RecoService.Api.Importing.Options;
using RecoService.Api.Importing.Records;
using RecoService.Api.Importing.Values;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Tests.Importing;

/// <summary>The same options on the same records, as CSV and as JSON lines.</summary>
public sealed class ImportMappingTests
{
    private const string Csv = "csv";
    private const string Ndjson = "ndjson";
    private readonly MemoryImport import = new();

    public static TheoryData<string> Formats => [Csv, Ndjson];

    /// <param name="format">csv or ndjson.</param>
    /// <param name="table">A header, then rows; cells are parted by <c>;</c>.</param>
    private static (string Text, ImportArguments Arguments) Write(string format, ImportArguments arguments, params string[] table)
    {
        var names = table[0].Split(';');
        var text = format == Csv
            ? string.Concat(table.Select(row => $"{row}\n"))
            : string.Concat(table.Skip(1).Select(row => JsonSerializer.Serialize(names.Zip(row.Split(';')).ToDictionary(pair => pair.First, pair => pair.Second)) + "\n"));
        return (text, arguments with { Format = format });
    }

    private Task<ImportReport> RunAsync(string format, ImportTarget target, ImportArguments arguments, params string[] table)
    {
        var (text, all) = Write(format, arguments, table);
        return import.RunAsync(text, all, target);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Import_MappedSetDroppedAndTranslated_IsTheSameInBothFormats(string format)
    {
        var report = await RunAsync(
            format, ImportTarget.Interactions,
            new ImportArguments
            {
                Map = ["userId=visitor|guest", "itemId=sku", "kind=event", "occurredAt=date+time", "orderId=order"],
                Value = ["kind:addtocart=add-to-cart", "kind:buy=purchase"],
                DropWhen = ["event:not-in=addtocart,buy,view"],
                Null = ["NULL", "-"],
                Ignore = ["value"],
            },
            "visitor;guest;sku;event;date;time;order;value",
            "u1;g1;i1;addtocart;2026-01-02;3:04;NULL;x",
            ";g2; i2 ;buy;2026-01-02;15:04:05;o1;x",
            "NULL;g3;i3;view;2026-01-02;;-;x",
            "u4;;i4;scroll;2026-01-02;;;x");

        Assert.Empty(report.Errors);
        Assert.Equal((4L, 3L, 1L, 1L), (report.Lines, report.Accepted, report.Dropped, report.Trimmed));
        Assert.Equal(
            [
                ("u1", "i1", "add-to-cart", null, At(3, 4, 0)), ("g2", "i2", "purchase", "o1", At(15, 4, 5)), ("g3", "i3", "view", null, At(0, 0, 0)),
            ],
            import.Interactions.Select(pair => (
                pair.Row.UserId, pair.Row.ItemId, Engine.Data.InteractionKinds.Default[pair.Row.KindIndex].Name, pair.Row.OrderId, pair.Row.OccurredAt!.Value)));

        static DateTimeOffset At(int hour, int minute, int second) => new(2026, 1, 2, hour, minute, second, TimeSpan.Zero);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Import_Items_TakeListsFlagsCurrenciesAndAttributes(string format)
    {
        var report = await RunAsync(
            format, ImportTarget.Items,
            new ImportArguments
            {
                Map = ["itemId=id", "categories=type", "attributes.colour=colour", "attributes.size=size", "imageUrl=images", "available=stock", "title=name"],
                List = ["categories:>", "categories:\\,", "imageUrl:\\,"],
                Flag = ["categories:Sale=sale", "categories:New arrivals=new"],
                Value = ["available:in_stock=true", "available:out of stock=false", "attributes.colour:rd=red"],
                Decimal = "comma",
            },
            "id;name;type;sale;new;price;stock;colour;size;images",
            "007;Oak   chair;Home > Chairs, Wood;1;0;€1.234,50;in_stock;rd;;https://a.example/1.jpg, https://a.example/2.jpg",
            "8;Mug;;0;1;12,50 EUR;out of stock;;XL;");

        Assert.Empty(report.Errors);
        var (id, chair, _, _) = import.Items[0].Row;
        Assert.Equal(("007", "Oak chair", 1234.5m, "EUR", true, "https://a.example/1.jpg"), (id, chair.Title, chair.Price, chair.Currency, chair.Available, chair.ImageUrl));
        Assert.Equal(["Home", "Chairs", "Wood", "Sale"], chair.Categories);
        // An empty cell of a column that the file has takes the attribute away.
        Assert.Equal("""{"colour":"red","size":null}""", chair.AttributesJson);
        var mug = import.Items[1].Row.Record;
        Assert.Equal((false, 12.5m, """{"colour":null,"size":"XL"}""", null), (mug.Available, mug.Price, mug.AttributesJson, mug.ImageUrl));
        Assert.Equal(["New arrivals"], mug.Categories);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Import_FillDown_StaysWithinTheOrder(string format)
    {
        var report = await RunAsync(
            format, ImportTarget.Interactions,
            new ImportArguments { Map = ["userId=email", "itemId=sku", "orderId=name"], Set = ["kind=purchase"], FillDown = ["name:email,cancelled"], DropWhen = ["cancelled!="], IgnoreUnknown = true },
            "name;email;cancelled;sku",
            "1;a@shop.example;;i1", "1;;;i2", ";;;i3", "2;b@shop.example;2026-01-01;i4", "2;;;i5", "3;c@shop.example;;i6", "4;;;i7");

        Assert.Equal(["userId is missing"], report.Errors.Select(error => error.Reason));
        Assert.Equal(2, report.Dropped);
        import.Interactions.Clear();
        await RunAsync(
            format, ImportTarget.Interactions, new ImportArguments { Map = ["userId=email", "itemId=sku", "orderId=name"], Set = ["kind=purchase"], FillDown = ["name:email"] },
            "name;email;sku", "1;a@shop.example;i1", "1;;i2", ";;i3");
        Assert.Equal([("a@shop.example", "1"), ("a@shop.example", "1"), ("a@shop.example", "1")], import.Interactions.Select(pair => (pair.Row.UserId, pair.Row.OrderId!)));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Import_NamesWithSigns_AreReadAsTheyAre(string format)
    {
        var report = await RunAsync(
            format, ImportTarget.Interactions,
            new ImportArguments
            {
                Map = ["userId=\"user:token\"", "itemId=a\\=b", "kind=c\\<d\\|e", "orderId=f\\+g", "sessionId=h\\.i\\[]"],
                DropWhen = ["user\\:token=drop", "\"c<d|e\":empty"],
                IgnoreUnknown = true,
            },
            "user:token;a=b;c<d|e;f+g;h.i[]",
            "u;i;view;o;s", "drop;i;view;o;s", "u;i;;o;s");

        Assert.Equal((1L, 2L), (report.Accepted, report.Dropped));
        var row = import.Interactions[0].Row;
        Assert.Equal(("u", "i", "o", "s"), (row.UserId, row.ItemId, row.OrderId, row.SessionId));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Import_ConditionOnAField_JudgesWhatIsMapped(string format)
    {
        var report = await RunAsync(
            format, ImportTarget.Interactions,
            new ImportArguments { Map = ["userId=customer|email", "itemId=sku", "kind=event"], Value = ["userId:0=", "kind:buy=purchase"], DropWhen = ["userId:empty", "kind!=purchase"] },
            "customer;email;sku;event", "0;;i;buy", "0;e;i;buy", "7;e;i;view", "7;e;i;purchase");

        Assert.Equal((2L, 2L), (report.Accepted, report.Dropped));
        Assert.Equal(["e", "7"], import.Interactions.Select(pair => pair.Row.UserId));
    }

    [Fact]
    public async Task Import_ExactColumnNames_NeedNoEscapes()
    {
        await import.RunAsync(
            "user_id:token\titem.id\ta|b\td+e\nu\ti\tview\to\n",
            new ImportArguments { Map = ["userId=user_id:token", "itemId=item.id", "kind=a|b", "orderId=d+e"] });

        var row = Assert.Single(import.Interactions).Row;
        Assert.Equal(("u", "i", "o"), (row.UserId, row.ItemId, row.OrderId));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Import_LongTexts_AreCutUnderTruncateOnly(string format)
    {
        string[] table = ["itemId;title;description;categories", $"i;{new string('t', 600)};{new string('d', 10_001)};{new string('c', 201)}|{string.Join('|', Enumerable.Range(0, 60))}"];

        var refused = await RunAsync(format, ImportTarget.Items, new ImportArguments(), table);
        Assert.Equal(1, refused.Invalid);
        var cut = await RunAsync(format, ImportTarget.Items, new ImportArguments { Truncate = true }, table);

        Assert.Equal((1L, 4L), (cut.Accepted, cut.Truncated));
        var record = import.Items[0].Row.Record;
        Assert.Equal((500, 10_000, 50, 200), (record.Title!.Length, record.Description!.Length, record.Categories.Count, record.Categories[0].Length));
    }

    [Fact]
    public async Task Import_NestedItems_MakeARowEach()
    {
        var report = await import.RunAsync(
            """
            {"event":"order","user":{"id":7},"properties":{"order_id":"o1","total":3,"products":[{"product_id":"a","quantity":2,"price":1.5},{"product_id":"b","quantity":1},{"product_id":12}]},"ts":1767322800123}
            {"event":"view","user":{"id":"8"},"properties":{"product_id":"c"},"ts":"2026-01-02T03:00:00Z"}
            {"event":"page","user":{"id":"8"},"properties":{},"ts":1767322800}
            {"event":"order","user":{"id":"9"},"properties":{"order_id":"o2","products":[{"quantity":1},{"product_id":"d"}]},"ts":1767322800}
            """,
            new ImportArguments
            {
                Format = Ndjson,
                Map =
                [
                    "userId=user.id", "itemId=properties.products[].product_id|properties.product_id", "kind=event", "orderId=properties.order_id", "occurredAt=ts",
                    "quantity=properties.products[].quantity", "unitPrice=properties.products[].price",
                ],
                Value = ["kind:order=purchase"],
                DropWhen = ["event=page"],
                IgnoreUnknown = true,
                SkipInvalid = true,
            });

        Assert.Equal((7L, 5L, 1L, 1L), (report.Lines, report.Accepted, report.Dropped, report.Invalid));
        Assert.Equal(new ImportError(4, "itemId is missing"), Assert.Single(report.Errors));
        Assert.Equal(["7 a o1 2", "7 b o1 1", "7 12 o1 ", "8 c  ", "9 d o2 "], import.Interactions.Select(pair => $"{pair.Row.UserId} {pair.Row.ItemId} {pair.Row.OrderId} {pair.Row.Quantity}"));
        Assert.Equal(1.5m, import.Interactions[0].Row.UnitPrice);
        Assert.All(import.Interactions, pair => Assert.Equal(2026, pair.Row.OccurredAt!.Value.Year));
        Assert.Equal(import.Interactions.Count, import.Interactions.Select(pair => pair.Line).Distinct().Count());
    }

    [Fact]
    public async Task Import_JsonArrayFile_IsReadElementByElement()
    {
        var report = await import.RunAsync(
            "\n [\n {\"itemId\":1,\n  \"title\":\"a ] } \\\" b\"},{\"itemId\":2,\"tags\":[1]} ,\n{\"itemId\":3}\n]\n",
            new ImportArguments { Format = Ndjson, SkipInvalid = true }, ImportTarget.Items);

        Assert.Equal([(3L, "1"), (5L, "3")], import.Items.Select(pair => (pair.Line, pair.Row.ItemId)));
        Assert.Equal(4, Assert.Single(report.Errors).Line);
    }

    [Theory]
    [InlineData("[{\"itemId\":1}", "is missing: the JSON array is not closed")]
    [InlineData("[{\"itemId\":1},{\"itemId\":", "is cut off")]
    [InlineData("[{\"itemId\":1}] 5", "stands behind the end")]
    [InlineData("[{\"itemId\":1},7]", "body must be an object")]
    public async Task Import_BrokenJsonArray_SaysSo(string json, string reason)
    {
        var report = await import.RunAsync(json, new ImportArguments { Format = Ndjson, SkipInvalid = true }, ImportTarget.Items);

        Assert.Contains(reason, Assert.Single(report.Errors).Reason, StringComparison.Ordinal);
        Assert.Equal("1", Assert.Single(import.Items).Row.ItemId);
    }

    [Fact]
    public async Task Import_JsonTypes_AreTakenForWhatTheySay()
    {
        var report = await import.RunAsync(
            """
            {"itemId":42,"title":"a\u00e9","price":"$12.50","available":true,"categories":[["Home","Chairs"],["Sale"]],"attributes":{"a":1},"addedAt":1767322800}
            {"itemId":"43","price":12.5,"available":0,"categories":"Home|Chairs","addedAt":"Fri, 02 Jan 2026 03:00:00 GMT","currency":null}
            {"itemId":{"a":1}}
            {"itemId":true}
            {"itemId":"44","price":[1]}
            {"itemId":"45","categories":{"a":1}}
            {"itemId":"46","itemId":"47"}
            """,
            new ImportArguments { Format = Ndjson, SkipInvalid = true }, ImportTarget.Items);

        Assert.Equal(
            [
                "3 itemId must be a string; itemId is missing", "4 itemId must be a string; itemId is missing", "5 price must be a single value",
                "6 categories must be an array of strings", "7 itemId stands twice",
            ],
            report.Errors.Select(error => $"{error.Line} {error.Reason}"));
        var (id, record, _, _) = import.Items[0].Row;
        Assert.Equal(("42", "aé", 12.5m, "USD", """{"a":1}"""), (id, record.Title, record.Price, record.Currency, record.AttributesJson));
        Assert.Equal(["Home", "Chairs", "Sale"], record.Categories);
        Assert.Equal(import.Items[0].Row.Record.AddedAt, import.Items[1].Row.Record.AddedAt);
        Assert.False(import.Items[1].Row.Record.Available);
    }

    [Fact]
    public async Task Import_TwoArrays_AreRefused()
    {
        var thrown = await Assert.ThrowsAsync<InvalidRequestException>(() => import.RunAsync(
            "{}\n", new ImportArguments { Format = Ndjson, Map = ["itemId=a[].id", "userId=b[].id"], Set = ["kind=view"] }));

        Assert.Equal("map", Assert.Single(thrown.Problems).Field);
    }

    [Fact]
    public async Task Import_UnknownMembers_AreFaultsUnlessIgnored()
    {
        const string Line = "{\"itemId\":\"a\",\"colour\":1,\"size\":{\"x\":[1]}}\n";
        var report = await import.RunAsync(Line, new ImportArguments { Format = Ndjson }, ImportTarget.Items);
        Assert.StartsWith("colour is not a known field; map it, or pass over it with --ignore or --ignore-unknown; size is not", Assert.Single(report.Errors).Reason, StringComparison.Ordinal);

        Assert.Equal(1, (await import.RunAsync(Line, new ImportArguments { Format = Ndjson, Ignore = ["colour", "size"] }, ImportTarget.Items)).Accepted);
        Assert.Equal(2, (await import.RunAsync(Line, new ImportArguments { Format = Ndjson, IgnoreUnknown = true }, ImportTarget.Items)).Accepted);
    }

    [Fact]
    public async Task Import_UnusedColumns_AreNamed()
    {
        var report = await import.RunAsync("itemId;titel;attributes.colour;title\ni;a;red;b\n", new ImportArguments { Ignore = ["title"] }, ImportTarget.Items);

        Assert.Equal(["titel"], report.UnusedColumns);
        Assert.Equal(";", report.Delimiter);
        Assert.Equal((null, """{"colour":"red"}"""), (import.Items[0].Row.Record.Title, import.Items[0].Row.Record.AttributesJson));
    }

    [Theory]
    [InlineData("price;currency", "12 EUR;USD", "price is in EUR, but currency says 'USD'")]
    [InlineData("price;currency", "12 EUR;€", null)]
    [InlineData("price;currency", "$12;CAD", null)]
    public async Task Import_CurrencyTwice_MustAgree(string header, string row, string? reason)
    {
        var report = await import.RunAsync($"itemId;{header}\ni;{row}\n", target: ImportTarget.Items);

        Assert.Equal(reason is null ? [] : [reason], report.Errors.Select(error => error.Reason));
    }

    /// <summary>A price before a reduction makes a sale only where it is higher; a sale price of another currency is none.</summary>
    [Theory]
    [InlineData("price;compareAtPrice", "9.90;12.50", "12.50/9.90 -")]
    [InlineData("price;compareAtPrice", "9.90;9.90", "9.90/- -")]
    [InlineData("price;compareAtPrice", "9.90;5", "9.90/- -")]
    [InlineData("price;compareAtPrice", "9.90;", "9.90/- -")]
    [InlineData("price;compareAtPrice", ";12.50", "-/- -")]
    [InlineData("price;compareAtPrice", "9.90 EUR;12.50 EUR", "12.50/9.90 EUR")]
    [InlineData("price;compareAtPrice", "9.90 EUR;12.50 GBP", "9.90/- EUR")]
    [InlineData("price;salePrice;compareAtPrice", "12;9;15", "12/9 -")]
    [InlineData("price;salePrice;compareAtPrice", "12;;15", "15/12 -")]
    [InlineData("price;salePrice", "12 EUR;9 EUR", "12/9 EUR")]
    [InlineData("price;salePrice", "12;9 EUR", "12/9 EUR")]
    [InlineData("price;salePrice", "12 GBP;9 EUR", "12/- GBP")]
    [InlineData("price;salePrice;currency", "12;9 EUR;USD", "12/- USD")]
    [InlineData("price;salePrice;currency", "12;$9;CAD", "12/9 CAD")]
    [InlineData("price;salePrice", "12;14", "12/14 -")]
    [InlineData("salePrice", "0", "-/0 -")]
    public async Task Import_PricesOfASale_AreThePriceAndTheSalePrice(string header, string row, string expected)
    {
        var report = await import.RunAsync($"itemId;{header}\ni;{row}\n", target: ImportTarget.Items);

        Assert.Empty(report.Errors);
        var record = import.Items[0].Row.Record;
        Assert.Equal(expected, $"{Shown(record.Price)}/{Shown(record.SalePrice)} {record.Currency ?? "-"}");

        static string Shown(decimal? amount) => amount?.ToString(CultureInfo.InvariantCulture) ?? "-";
    }

    /// <summary>A file with a price before a reduction says of each item whether it is on sale; one without says nothing.</summary>
    [Theory]
    [InlineData("price", "9", ItemFields.Price, ItemFields.Price)]
    [InlineData("price;compareAtPrice", "9;12", ItemFields.Price | ItemFields.SalePrice, ItemFields.Price | ItemFields.SalePrice)]
    [InlineData("price;compareAtPrice", "9;", ItemFields.Price | ItemFields.SalePrice, ItemFields.Price)]
    [InlineData("compareAtPrice", "9", ItemFields.None, ItemFields.None)]
    [InlineData("salePrice", "", ItemFields.SalePrice, ItemFields.None)]
    [InlineData("salePrice;attributes", "3;{\"a\":1}", ItemFields.SalePrice | ItemFields.Attributes, ItemFields.SalePrice | ItemFields.Attributes)]
    public async Task Import_PricesOfASale_AreGivenByTheirColumns(string header, string row, ItemFields given, ItemFields filled)
    {
        await import.RunAsync($"itemId;{header}\ni;{row}\n", new ImportArguments { NoQuotes = true }, target: ImportTarget.Items);

        Assert.Equal((given, filled), (import.Items[0].Row.Given, import.Items[0].Row.Filled));
    }

    [Theory]
    [InlineData("windows-1252")]
    [InlineData("iso-8859-15")]
    public async Task Import_OtherEncodings_AreRead(string name)
    {
        var bytes = Encodings.Find(name)!.GetBytes("itemId;title\ni;Glück €\n");

        await import.RunAsync(bytes, new ImportArguments { Encoding = name }, ImportTarget.Items);

        Assert.Equal("Glück €", import.Items[0].Row.Record.Title);
    }

    [Theory]
    [InlineData("a,b\n1,2\n", ",")]
    [InlineData("a;b\n1,5;2\n", ";")]
    [InlineData("a\tb\n1,2;3\t2\n", "\t")]
    [InlineData("1::Toy Story (1995)::Animation|Children's|Comedy\n2::Heat, The::Action\n", "::")]
    [InlineData("1|Toy Story (1995)|01-Jan-1995||0|1\n2|Heat|01-Jan-1995||1|0\n", "|")]
    [InlineData("title,text\n\"a;b;c\",\"d;e\"\n", ",")]
    [InlineData("a;b;c\n1;2\n", ";")]
    [InlineData("itemId\ni\n", ",")]
    [InlineData("", ",")]
    public void DelimiterFinder_Sample_TellsTheDelimiter(string sample, string expected) =>
        Assert.Equal(expected, DelimiterFinder.Find(Encoding.UTF8.GetBytes(sample), isWhole: true, quotes: true));

    [Theory]
    [InlineData("a|b", '|', "a;b")]
    [InlineData("a\\|b|c", '|', "a\\|b;c")]
    [InlineData("\"a|b\"|c", '|', "\"a|b\";c")]
    [InlineData("7\" single|c", '|', "7\" single;c")]
    public void Split_SignsInNames_AreKept(string text, char separator, string parts) => Assert.Equal(parts.Split(';'), SourceText.Split(text, separator));

    [Theory]
    [InlineData("a:b=c<d|e+f.g[]")]
    [InlineData("plain")]
    [InlineData("\"quoted\"")]
    [InlineData("back\\slash")]
    public void Quote_AnyName_IsReadBack(string name) => Assert.Equal(name, SourceText.Unescape(SourceText.Quote(name)));
}
