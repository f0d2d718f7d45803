using System.Text;
using RecoService.Api.Importing;
using RecoService.Api.Importing.Options;
using RecoService.Api.Wire;
using RecoService.Engine.Data;

namespace RecoService.Api.Tests.Importing;

public sealed class CsvImportTests
{
    private const string Header = "userId,itemId,kind\n";
    private readonly MemoryImport import = new();

    [Fact]
    public async Task Import_HeaderNamesWireFields_NeedsNoMapping()
    {
        var report = await import.RunAsync("userId,itemId,kind,value,occurredAt,comment\nu 1,i1,rating,4.5,2026-01-02T03:04:05Z,nice\nu2,i2,view,,,\n");

        Assert.Equal((true, 2L, 2L, 0L, 0L), (report.Committed, report.Lines, report.Accepted, report.Dropped, report.Invalid));
        var (line, first) = import.Interactions[0];
        Assert.Equal((2L, "u 1", "i1", 4.5), (line, first.UserId, first.ItemId, first.Value));
        Assert.Equal(InteractionKinds.Default.RatingIndex, first.KindIndex);
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), first.OccurredAt);
        var second = import.Interactions[1].Row;
        Assert.Equal(((double?)null, (DateTimeOffset?)null, (string?)null), (second.Value, second.OccurredAt, second.Id));
        Assert.Equal(1, import.SinksDisposed);
    }

    [Fact]
    public async Task Import_MovieLensUserData_LoadsByOptionsAlone()
    {
        var report = await import.RunAsync(
            "196\t242\t3\t881250949\n186\t302\t4\t891717742\n",
            new ImportArguments
            {
                Delimiter = "tab",
                NoHeader = true,
                Map = ["userId=1", "itemId=2", "value=3", "occurredAt=4"],
                Set = ["kind=rating"],
            });

        Assert.Equal(2, report.Accepted);
        Assert.Equal(("196", "242", 3.0), (import.Interactions[0].Row.UserId, import.Interactions[0].Row.ItemId, import.Interactions[0].Row.Value));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(881250949), import.Interactions[0].Row.OccurredAt);
        Assert.Equal([1, 2], import.Interactions.Select(pair => pair.Line));
    }

    [Fact]
    public async Task Import_MovieLensRatings_LoadsByOptionsAlone()
    {
        var report = await import.RunAsync(
            "userId,movieId,rating,timestamp\r\n1,296,5.0,1147880044\r\n1,306,3.5,1147868817\r\n",
            new ImportArguments { Map = ["itemId=movieId", "value=rating", "occurredAt=timestamp"], Set = ["kind=rating"] });

        Assert.Equal(2, report.Accepted);
        Assert.Equal(("1", "306", 3.5), (import.Interactions[1].Row.UserId, import.Interactions[1].Row.ItemId, import.Interactions[1].Row.Value));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1147868817), import.Interactions[1].Row.OccurredAt);
    }

    [Fact]
    public async Task Import_OnlineRetail_DropsStrangersAndCancellationsAndKeepsTheOrder()
    {
        var report = await import.RunAsync(
            """
            InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
            536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
            536381,82567,"AIRLINE LOUNGE,METAL SIGN",2,2011-07-01 09:41:00,2.1,15311.0,United Kingdom
            536414,22139,,56,2010-12-01 11:52:00,0.0,,United Kingdom
            C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527.0,United Kingdom
            """,
            OnlineRetail);

        Assert.Equal((4L, 2L, 2L, 0L), (report.Lines, report.Accepted, report.Dropped, report.Invalid));
        var (line, row) = import.Interactions[1];
        Assert.Equal((3L, "15311.0", "82567", "536381"), (line, row.UserId, row.ItemId, row.OrderId));
        Assert.Equal((2.0, 2.1m), (row.Quantity, row.UnitPrice));
        Assert.Equal(new DateTimeOffset(2011, 7, 1, 8, 41, 0, TimeSpan.Zero), row.OccurredAt);
    }

    internal static ImportArguments OnlineRetail => new()
    {
        Map = ["userId=CustomerID", "itemId=StockCode", "occurredAt=InvoiceDate", "orderId=InvoiceNo", "quantity=Quantity", "unitPrice=UnitPrice"],
        Set = ["kind=purchase"],
        DropWhen = ["CustomerID:empty", "InvoiceNo:prefix=C"],
        TimeZone = "Europe/London",
    };

    [Fact]
    public async Task Import_BadLine_StoresNothingAndNamesEveryBadOne()
    {
        var report = await import.RunAsync(Header + "u,i,view\n,i,foo\nu,i,view\nu,i\nu,i,view,more\nu,i,rating\n");

        Assert.Equal((false, 6L, 0L, 4L), (report.Committed, report.Lines, report.Accepted, report.Invalid));
        Assert.Empty(import.Hashes);
        Assert.Equal(
            [
                new ImportError(3, "userId is missing; kind 'foo' is unknown; known kinds: view, click, add-to-cart, purchase, like, rating, dislike, return, remove-from-cart"),
                new ImportError(5, "the record has 2 fields instead of 3"),
                new ImportError(6, "the record has 4 fields instead of 3"),
                new ImportError(7, "value is missing; a rating is 0.5 to 5"),
            ],
            report.Errors);
    }

    [Fact]
    public async Task Import_BadLineSkipped_StoresTheRest()
    {
        var report = await import.RunAsync(Header + "u,i,view\nu,i,foo\nu,j,view\n", new ImportArguments { SkipInvalid = true });

        Assert.Equal((true, 3L, 2L, 1L), (report.Committed, report.Lines, report.Accepted, report.Invalid));
        Assert.Equal([2, 4], import.Interactions.Select(pair => pair.Line));
    }

    [Fact]
    public async Task Import_ManyBadLines_NamesTheFirstHundred()
    {
        var report = await import.RunAsync(Header + string.Concat(Enumerable.Repeat("u,i,foo\n", 250)));

        Assert.Equal((250L, 250L), (report.Lines, report.Invalid));
        Assert.Equal(Enumerable.Range(2, 100).Select(line => (long)line), report.Errors.Select(error => error.Line));
    }

    [Theory]
    [InlineData("userId,itemId,kind,value\nu,i,view,abc\n", "value 'abc' is not a number")]
    [InlineData("userId,itemId,kind,value\nu,i,rating,NaN\n", "value is off the rating scale of 0.5 to 5")]
    [InlineData("userId,itemId,kind,quantity\nu,i,view,1e999\n", "quantity must be above 0 and at most 1000000000")]
    [InlineData("userId,itemId,kind,unitPrice\nu,i,view,1e40\n", "unitPrice '1e40' is not a decimal number")]
    [InlineData("userId,itemId,kind,occurredAt\nu,i,view,yesterday\n", "occurredAt 'yesterday' is no time; ISO 8601, yyyy-MM-dd HH:mm:ss, dd.MM.yyyy, RFC 1123 and Unix times are read without a time format")]
    [InlineData("userId,itemId,kind,occurredAt\nu,i,view,1969-01-01\n", "occurredAt lies before 1970-01-01")]
    [InlineData("userId,itemId,kind,occurredAt\nu,i,view,99999999999999999999\n", "occurredAt '99999999999999999999' is no Unix time before 2100; --time-unit s, ms, us or ns says what it counts")]
    [InlineData("userId,itemId,kind,recommendationId\nu,i,view,7\n", "recommendationId '7' is not a GUID")]
    [InlineData("userId,itemId,kind\n\"a\nb\",i,view\n", "userId holds the control character U+000A at position 1")]
    [InlineData("userId,itemId,kind\n\"a\"b,i,view\n", "the record has text after a closing quote")]
    [InlineData("userId,itemId,kind\nu,i,\"view\nu,i,view\n", "the record has a quote that is never closed")]
    public async Task Import_BadField_SaysWhy(string csv, string reason)
    {
        var report = await import.RunAsync(csv);

        Assert.Equal(new ImportError(2, reason), Assert.Single(report.Errors));
        Assert.Equal(1, report.Invalid);
    }

    [Fact]
    public async Task Import_QuotedFieldWithLineEnds_IsOneRowAndTheNextKeepsItsLine()
    {
        await import.RunAsync("userId,itemId,kind,comment\nu,\"a \"\"b\"\", c\",view,\"one\r\ntwo\nthree\"\n\nv,i,view,\n");

        Assert.Equal([(2L, "a \"b\", c"), (6L, "i")], import.Interactions.Select(pair => (pair.Line, pair.Row.ItemId)));
    }

    [Fact]
    public async Task Import_WhiteSpaceAroundValues_IsLeftOutAndCountedUnlessAskedFor()
    {
        const string Csv = "userId,itemId,kind,value,occurredAt\n u , i\u00a0,rating, 4 , 2026-01-02T03:04:05Z \n";
        Assert.Equal(4, (await import.RunAsync(Csv)).Trimmed);
        Assert.Equal(0, (await import.RunAsync(Csv.Replace("\u00a0", " ", StringComparison.Ordinal), new ImportArguments { NoTrim = true })).Trimmed);

        Assert.Equal([("u", "i", 4.0), (" u ", " i ", 4.0)], import.Interactions.Select(pair => (pair.Row.UserId, pair.Row.ItemId, pair.Row.Value!.Value)));
    }

    [Fact]
    public async Task Import_NoQuotes_TakesQuotesAsText()
    {
        await import.RunAsync(
            "u|\"7\" single|view\n",
            new ImportArguments { Delimiter = "pipe", NoHeader = true, NoQuotes = true, Map = ["userId=1", "itemId=2", "kind=3"] });

        Assert.Equal("\"7\" single", Assert.Single(import.Interactions).Row.ItemId);
    }

    [Fact]
    public async Task Import_ByteOrderMark_IsNotPartOfTheFirstName() =>
        Assert.Equal(1, (await import.RunAsync("\ufeff" + Header + "u,i,view\n")).Accepted);

    [Fact]
    public async Task Import_InvalidUtf8_IsABadLineUnlessTheFileIsLatin1()
    {
        var bytes = Encoding.Latin1.GetBytes(Header + "u,Gl\u00fcck,view\nu,i,view\n");

        var refused = await import.RunAsync(bytes, new ImportArguments { SkipInvalid = true });
        Assert.Equal(new ImportError(2, "the record is not valid UTF-8; a file from Excel or an older system is read with --encoding windows-1252"), Assert.Single(refused.Errors));
        Assert.Equal(1, refused.Accepted);

        import.Interactions.Clear();
        Assert.Equal(2, (await import.RunAsync(bytes, new ImportArguments { Encoding = "latin-1" })).Accepted);
        Assert.Equal("Gl\u00fcck", import.Interactions[0].Row.ItemId);
    }

    [Theory]
    [InlineData(3_000)]
    [InlineData(10_000_000)]
    public async Task Import_TooLongLine_IsBadAndTheNextLinesAreRead(int length)
    {
        var csv = $"{Header}u,a,view\n{new string('x', length)},i,view\nu,b,view\nu,c,foo\n";
        var options = MemoryImport.Options(new ImportArguments { SkipInvalid = true }) with { MaxLineBytes = 2_000 };

        var report = await import.RunAsync(Encoding.UTF8.GetBytes(csv), options);

        Assert.Equal((4L, 2L, 2L), (report.Lines, report.Accepted, report.Invalid));
        Assert.Equal(new ImportError(3, "the record is longer than 2000 bytes; is a quote left open?"), report.Errors[0]);
        Assert.Equal(5, report.Errors[1].Line);
        Assert.Equal([(2L, "a"), (4L, "b")], import.Interactions.Select(pair => (pair.Line, pair.Row.ItemId)));
    }

    [Fact]
    public async Task Import_QuoteLeftOpen_CostsTheRecordAndNotTheFile()
    {
        var rows = string.Concat(Enumerable.Repeat("u,i,view\n", 100_000));
        var options = MemoryImport.Options(new ImportArguments { SkipInvalid = true }) with { MaxLineBytes = 10_000 };

        var report = await import.RunAsync(Encoding.UTF8.GetBytes($"{Header}u,a,view\n\"u,i,view\n{rows}v,last,view\n"), options);

        Assert.Equal((100_003L, 100_002L, 1L), (report.Lines, report.Accepted, report.Invalid));
        Assert.Equal(3, Assert.Single(report.Errors).Line);
        Assert.Equal((100_004L, "last"), (import.Interactions[^1].Line, import.Interactions[^1].Row.ItemId));
    }

    [Theory]
    [InlineData("a,\"x,view\nb,y,view\nc,\"z\",view\n", "the record has text after a closing quote", "b c")]
    [InlineData("a,\"x,view\nb,y,view\n", "the record has a quote that is never closed", "b")]
    [InlineData("\"a,x,view\nhalf\nb,y,view\n", "the record on lines 2 to 3 has a quote that is never closed", "b")]
    [InlineData("a,\"x\nhalf\",view,more\nb,y,view\n", "the record on lines 2 to 3 has 4 fields instead of 3; is a quote left open?", "b")]
    [InlineData("a,x\"y\",view\nb,y,view\n", null, "a b")]
    [InlineData("a,\"x\" ,view\nb,y,view\n", null, "a b")]
    [InlineData("a,x,view,,\nb,y,view,\n", null, "a b")]
    [InlineData("a,x,view\n,,\n\n  \nb,y,view\n", null, "a b")]
    [InlineData("a,x,view\r\nuserId,itemId,kind\r\nb,y,view\r\n", null, "a b")]
    public async Task Import_UnusualRecords_CostNoMoreThanThemselves(string rows, string? error, string users)
    {
        var report = await import.RunAsync(Header + rows, new ImportArguments { SkipInvalid = true });

        Assert.Equal(error is null ? [] : [new ImportError(2, error)], report.Errors);
        Assert.Equal(users.Split(' '), import.Interactions.Select(pair => pair.Row.UserId));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Import_Gzip_IsUnpackedAndHashedLikeThePlainFile(bool announced)
    {
        var bytes = Encoding.UTF8.GetBytes(Header + "u,i,view\n");
        await import.RunAsync(bytes);
        await import.RunAsync(MemoryImport.Gzip(bytes), MemoryImport.Options(null) with { Gzip = announced ? true : null });

        Assert.Equal(2, import.Interactions.Count);
        Assert.Equal(import.Hashes[0], import.Hashes[1]);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), import.Hashes[0]);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public async Task Import_TruncatedGzip_StoresNothingAndSaysSo(double part)
    {
        var rows = Enumerable.Range(0, 20_000).Select(row => $"user-{row * 7919 % 20_011},item-{row},view\n");
        var packed = MemoryImport.Gzip(Encoding.UTF8.GetBytes(Header + string.Concat(rows)));

        var report = await import.RunAsync(packed[..(int)(packed.Length * part)], new ImportArguments { SkipInvalid = true });

        Assert.False(report.Committed);
        Assert.Contains("gzip", report.Errors[^1].Reason, StringComparison.Ordinal);
        Assert.Empty(import.Hashes);
    }

    [Fact]
    public async Task Import_BytesThatAreNoGzip_StoreNothing()
    {
        var report = await import.RunAsync(Encoding.UTF8.GetBytes(Header), MemoryImport.Options(null) with { Gzip = true });

        Assert.Equal((false, 1L), (report.Committed, report.Invalid));
    }

    [Fact]
    public async Task Import_KeyColumns_MakeIdsThatCannotBeMistaken()
    {
        await import.RunAsync(
            "order,pos,userId,itemId,kind\n1,2,u,i,view\na|b,c,u,i,view\na,b|c,u,i,view\n1,,u,i,view\n",
            new ImportArguments { Key = "order,pos", SkipInvalid = true });

        Assert.Equal(["1|2", "a\\|b|c", "a|b\\|c"], import.Interactions.Select(pair => pair.Row.Id));
    }

    [Fact]
    public async Task Import_Conflicts_AreReportedAmongTheBadLines()
    {
        var conflicting = new MemoryImport { Answer = new ImportCommit(Committed: true, 1, 1, 1, [new ImportError(2, "id 'a' has other content")]) };

        var report = await conflicting.RunAsync("id,userId,itemId,kind\na,u,i,view\nb,u,i,view\nc,u,i,view\nd,u,i,foo\n", new ImportArguments { SkipInvalid = true });

        Assert.Equal((true, 4L, 1L, 1L, 2L), (report.Committed, report.Lines, report.Accepted, report.Duplicates, report.Invalid));
        Assert.Equal([2L, 5L], report.Errors.Select(error => error.Line));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Header)]
    public async Task Import_NoRows_IsNoSuccess(string csv)
    {
        var report = await import.RunAsync(csv);

        Assert.Equal((false, 0L, 0L), (report.Committed, report.Lines, report.Invalid));
    }

    [Theory]
    [InlineData("userId=who", "map", "names the column 'who'; the file's columns: userId, itemId, kind")]
    [InlineData("user=userId", "map", "names the unknown field 'user'; known fields: id, userId")]
    public async Task Import_MapThatDoesNotFit_IsRefused(string map, string field, string reason)
    {
        var thrown = await Assert.ThrowsAsync<InvalidRequestException>(() => import.RunAsync(Header + "u,i,view\n", new ImportArguments { Map = [map] }));

        Assert.Equal(field, thrown.Problems[0].Field);
        Assert.StartsWith(reason, thrown.Problems[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_NeededFieldWithoutColumn_IsRefusedByName()
    {
        var thrown = await Assert.ThrowsAsync<InvalidRequestException>(() => import.RunAsync("user,itemId\nu,i\n"));

        Assert.Equal(["map gives userId no column", "map gives kind no column"], thrown.Problems.Select(problem => problem.ToString().Split(" (")[0]));
        Assert.Equal(1, import.SinksDisposed);
    }

    [Fact]
    public async Task Import_Times_AreReadInZoneAndFormat()
    {
        var times = "2026-01-02 03:04:05|2026-01-02|1700000000|1700000000123|1700000000.5|2026-01-02T03:04Z".Split('|');
        await import.RunAsync(
            "userId,itemId,kind,occurredAt\n" + string.Concat(times.Select(time => $"u,i,view,{time}\n")),
            new ImportArguments { TimeZone = "Europe/Berlin" });

        Assert.Equal(
            [
                new DateTimeOffset(2026, 1, 2, 2, 4, 5, TimeSpan.Zero), new DateTimeOffset(2026, 1, 1, 23, 0, 0, TimeSpan.Zero),
                DateTimeOffset.FromUnixTimeSeconds(1700000000), DateTimeOffset.FromUnixTimeMilliseconds(1700000000123),
                DateTimeOffset.FromUnixTimeMilliseconds(1700000000500), new DateTimeOffset(2026, 1, 2, 3, 4, 0, TimeSpan.Zero),
            ],
            import.Interactions.Select(pair => pair.Row.OccurredAt!.Value));

        import.Interactions.Clear();
        await import.RunAsync("userId,itemId,kind,occurredAt\nu,i,view,12/31/2025 9:05\n", new ImportArguments { TimeFormat = "M/d/yyyy H:mm" });
        Assert.Equal(new DateTimeOffset(2025, 12, 31, 9, 5, 0, TimeSpan.Zero), import.Interactions[0].Row.OccurredAt);
    }

    [Fact]
    public async Task Import_Items_ReadsEveryColumn()
    {
        var report = await import.RunAsync(
            "itemId,title,categories,price,currency,available,hidden,addedAt,groupId,imageUrl,attributes,description\n"
            + "i1,Mug,kitchen|mugs,12.50,EUR,no,0,2026-01-01,g,https://shop.example/a.jpg,\"{\"\"colour\"\":\"\"red\"\"}\",\"a\nb\"\ni2,,,,,,,,,,,\n",
            target: ImportTarget.Items);

        Assert.Equal(2, report.Accepted);
        var (id, record) = (import.Items[0].Row.ItemId, import.Items[0].Row.Record);
        Assert.Equal(("i1", "Mug", 12.5m, "EUR", false), (id, record.Title, record.Price, record.Currency, record.Available));
        Assert.Equal(["kitchen", "mugs"], record.Categories);
        Assert.Equal(("""{"colour":"red"}""", "a\nb"), (record.AttributesJson, record.Description));
        Assert.True(import.Items[1].Row.Record.Available);
    }

    [Fact]
    public async Task Import_BadItem_SaysWhy()
    {
        var report = await import.RunAsync("itemId,available,attributes\n,maybe,{\n", target: ImportTarget.Items);

        Assert.Equal(
            "available 'maybe' is not true or false; --value says which it is, as available:in_stock=true; attributes is not valid JSON at line 1, byte 2; itemId is missing",
            Assert.Single(report.Errors).Reason);
    }

    [Fact]
    public async Task Import_Users_ReadsAttributes()
    {
        await import.RunAsync("userId,attributes\nu1,\"{\"\"a\"\":1}\"\nu2,\n", target: ImportTarget.Users);

        Assert.Equal([("u1", """{"a":1}"""), ("u2", null)], import.Users.Select(pair => (pair.Row.UserId, pair.Row.AttributesJson)));
    }
}
