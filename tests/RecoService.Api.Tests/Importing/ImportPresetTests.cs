using System.Globalization;
using System.Text;
using RecoService.Api.Importing.Options;
using RecoService.Api.Wire;
using RecoService.Engine.Data;

namespace RecoService.Api.Tests.Importing;

/// <summary>Each preset on a few lines of its layout. Rows are shown as user, item, kind, value, time, order, quantity, price; items as id, title, categories and so on.</summary>
public sealed class ImportPresetTests
{
    private static readonly Dictionary<string, (string Text, string[] Rows)> Layouts = new()
    {
        ["shopify-products items"] = (
            """
            Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src,Variant Image,Status
            oak-chair,Oak chair,"<p>Solid,
            good</p>",Nord,Chairs,"oak, wood",TRUE,Size,S,OC-S,89.90,https://a.example/1.jpg,,active
            oak-chair,,,,,,,,L,OC-L,99.90,https://a.example/2.jpg,https://a.example/l.jpg,
            oak-chair,,,,,,,,,,,https://a.example/3.jpg,,
            mug,Mug,,Nord,Mugs,,TRUE,Title,Default Title,,12.50,,,draft
            """,
            [
                "OC-S|Oak chair|Chairs,oak,wood|89.90||True|False|oak-chair|https://a.example/1.jpg|{\"vendor\":\"Nord\"}",
                "OC-L|Oak chair|Chairs,oak,wood|99.90||True|False|oak-chair|https://a.example/l.jpg|{\"vendor\":\"Nord\"}",
                "mug|Mug|Mugs|12.50||True|True|mug||{\"vendor\":\"Nord\"}",
            ]),
        ["shopify-orders interactions"] = (
            """
            Name,Email,Financial Status,Paid at,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Cancelled at,Phone
            #1001,a@shop.example,paid,2026-01-05 10:00:00 +0100,2026-01-05 09:59:00 +0100,2,Oak chair - S,89.90,OC-S,,
            #1001,,,,,1,Mug,12.50,,,
            #1002,,paid,,2026-01-05 11:00:00 +0100,1,Mug,12.50,,,
            #1003,b@shop.example,refunded,,2026-01-05 11:00:00 +0100,1,Mug,12.50,M,,
            #1004,c@shop.example,paid,,2026-01-05 11:00:00 +0100,1,Mug,12.50,M,2026-01-06 11:00:00 +0100,
            #1004,,,,,1,Cup,2.50,C,,
            """,
            ["a@shop.example|OC-S|purchase||2026-01-05T08:59:00|#1001|2|89.90", "a@shop.example|Mug|purchase||2026-01-05T08:59:00|#1001|1|12.50"]),
        ["woocommerce-orders interactions"] = (
            """
            Order Number;Order Status;Order Date;Email (Billing);SKU;Item Name;Quantity (- Refund);Item Cost
            77;Abgeschlossen;05.01.2026 09:59;a@shop.example;OC-S;"Stuhl; Eiche";2;1.089,90
            78;Storniert;05.01.2026 10:59;a@shop.example;M;Becher;1;12,50
            79;Abgeschlossen;05.01.2026 10:59;;M;Becher;1;12,50
            """,
            ["a@shop.example|OC-S|purchase||2026-01-05T09:59:00|77|2|1089.90"]),
        ["google-merchant items"] = (
            "id\ttitle\tdescription\tlink\timage_link\tavailability\tprice\tproduct_type\titem_group_id\tbrand\n"
            + "1\tOak chair\tSolid\thttps://a.example\thttps://a.example/1.jpg\tin_stock\t20.00 EUR\tHome > Furniture > Chairs\tg\tNord\n"
            + "2\tMug\t\t\t\tout of stock\t5 EUR\t\t\t\n",
            ["1|Oak chair|Home,Furniture,Chairs|20.00|EUR|True|False|g|https://a.example/1.jpg|{\"brand\":\"Nord\"}", "2|Mug||5|EUR|False|False|||{\"brand\":null}"]),
        ["prestashop-products items"] = (
            "Product ID;Image;Name;Reference;Category;Price (tax excl.);Price (tax incl.);Quantity;Status;Position\n1;;Mug;M-1;Kitchen;10.00;12.50;3;1;1\n2;;Cup;C-1;Kitchen;10.00;12.50;3;0;1\n",
            ["1|Mug|Kitchen|12.50||True|False|||{\"reference\":\"M-1\"}", "2|Cup|Kitchen|12.50||True|True|||{\"reference\":\"C-1\"}"]),
        ["magento-products items"] = (
            """
            sku,store_view_code,attribute_set_code,product_type,categories,name,description,product_online,visibility,price,created_at,is_in_stock
            M1,,Default,simple,"Default Category/Gear/Bags,Default Category/Sale",Bag,<p>Good</p>,1,"Catalog, Search",34.0000,"1/5/26, 10:15 AM",1
            M1,de,Default,simple,,Tasche,,,,,,
            M2,,Default,simple,Default Category/Gear,Strap,,1,Not Visible Individually,4,2026-01-05 10:15:00,0
            """,
            ["M1|Bag|Gear,Bags,Sale|34.0000||True|False|||{\"product_type\":\"simple\"}", "M2|Strap|Gear|4||False|True|||{\"product_type\":\"simple\"}"]),
        ["segment interactions"] = (
            """
            {"type":"track","event":"Product Viewed","userId":null,"anonymousId":"anon","messageId":"m1","timestamp":"2026-01-05T10:00:00.000Z","properties":{"product_id":"p1","price":9.5},"context":{"ip":"0.0.0.0"}}
            {"type":"page","userId":"u","messageId":"m2","timestamp":"2026-01-05T10:00:00.000Z","properties":{}}
            {"type":"track","event":"Order Completed","userId":"u","anonymousId":"anon","messageId":"m3","timestamp":"2026-01-05T10:01:00.000Z","properties":{"order_id":"o1","products":[{"product_id":"p1","quantity":2,"price":9.5},{"sku":"p2","quantity":1,"price":1}]}}
            """,
            ["anon|p1|view||2026-01-05T10:00:00|||9.5", "u|p1|purchase||2026-01-05T10:01:00|o1|2|9.5", "u|p2|purchase||2026-01-05T10:01:00|o1|1|1"]),
        ["ga4 interactions"] = (
            """
            {"event_date":"20260105","event_timestamp":"1767607200000000","event_name":"page_view","user_pseudo_id":"1.2","items":[]}
            {"event_date":"20260105","event_timestamp":"1767607200000000","event_name":"purchase","user_id":"u","user_pseudo_id":"1.2","ecommerce":{"transaction_id":"T1"},"items":[{"item_id":"p1","item_name":"Mug","price":9.5,"quantity":2},{"item_id":"(not set)","item_name":"Cup","quantity":1}]}
            """,
            ["u|p1|purchase||2026-01-05T10:00:00|T1|2|9.5", "u|Cup|purchase||2026-01-05T10:00:00|T1|1|"]),
        ["amazon-reviews interactions"] = (
            """
            {"overall": 5.0, "verified": true, "reviewTime": "09 13, 2009", "reviewerID": "A1", "asin": "000100039X", "style": {"Format:": " Hardcover"}, "unixReviewTime": 1252800000}
            {"rating": 4.0, "title": "t", "text": "x", "images": [], "asin": "B1", "parent_asin": "B0", "user_id": "AE", "timestamp": 1588615855070, "helpful_vote": 0, "verified_purchase": true}
            """,
            ["A1|000100039X|rating|5|2009-09-13T00:00:00|||", "AE|B0|rating|4|2020-05-04T18:10:55|||"]),
        ["retailrocket-events interactions"] = (
            "timestamp,visitorid,event,itemid,transactionid\n1433221332117,257597,view,355908,\n1433222276276,287857,transaction,134330,4000\n",
            ["257597|355908|view||2015-06-02T05:02:12|||", "287857|134330|purchase||2015-06-02T05:17:56|4000||"]),
        ["retailrocket-categories items"] = (
            "timestamp,itemid,property,value\n1435460400000,460429,categoryid,1338\n1441508400000,206783,888,1116713 960601 n277.200\n", ["460429||1338|||True|False|||"]),
        ["rees46 interactions"] = (
            "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n2019-10-01 00:00:00 UTC,cart,5773203,1487580005134238553,,runail,2.62,463240011,26dd\n2019-10-01 00:00:03 UTC,remove_from_cart,1,1,,,1,1,a\n",
            ["463240011|5773203|add-to-cart||2019-10-01T00:00:00|||2.62", "1|1|remove-from-cart||2019-10-01T00:00:03|||1"]),
        ["hm-transactions interactions"] = (
            "t_dat,customer_id,article_id,price,sales_channel_id\n2018-09-20,000058a1,0663713001,0.0508,2\n", ["000058a1|0663713001|purchase||2018-09-20T00:00:00|||0.0508"]),
        ["hm-articles items"] = (
            "article_id,product_code,prod_name,product_type_no,product_type_name,product_group_name,colour_group_name,department_name,index_group_name,detail_desc\n0108775015,0108775,Strap top,253,Vest top,Garment Upper body,Black,Jersey Basic,Ladieswear,\"Jersey top, narrow.\"\n",
            ["0108775015|Strap top|Ladieswear,Garment Upper body,Vest top|||True|False|0108775||{\"colour\":\"Black\",\"department\":\"Jersey Basic\"}"]),
        ["yoochoose-clicks interactions"] = ("1,2014-04-07T10:51:09.277Z,214536502,0\n1,2014-04-07T10:54:09.868Z,214536500,S\n", ["1|214536502|click||2014-04-07T10:51:09|||", "1|214536500|click||2014-04-07T10:54:09|||"]),
        ["yoochoose-buys interactions"] = (
            "420374,2014-04-06T18:44:58.314Z,214537888,12462,1\n281626,2014-04-06T09:40:13.032Z,214535653,0,0\n",
            ["420374|214537888|purchase||2014-04-06T18:44:58||1|12462", "281626|214535653|purchase||2014-04-06T09:40:13|||"]),
        ["ta-feng interactions"] = (
            "TRANSACTION_DT,CUSTOMER_ID,AGE_GROUP,PIN_CODE,PRODUCT_SUBCLASS,PRODUCT_ID,AMOUNT,ASSET,SALES_PRICE\n11/1/2000,01104905,45-49,115,110411,4710199010372,2,24,30\n",
            ["01104905|4710199010372|purchase||2000-11-01T00:00:00||2|"]),
        ["dunnhumby interactions"] = (
            "household_key,BASKET_ID,DAY,PRODUCT_ID,QUANTITY,SALES_VALUE,STORE_ID,RETAIL_DISC,TRANS_TIME,WEEK_NO,COUPON_DISC,COUPON_MATCH_DISC\n2375,26984851472,1,1004906,1,1.39,364,-0.6,1631,1,0,0\n",
            ["2375|1004906|purchase||2015-01-02T16:31:00|26984851472|1|"]),
        ["instacart interactions"] = (
            "order_id,user_id,order_number,order_dow,order_hour_of_day,days_since_prior_order,product_id,add_to_cart_order,reordered,product_name\n2539329,1,1,2,08,,196,1,0,Soda\n",
            ["1|196|purchase||2015-01-02T00:00:00|2539329||"]),
        ["recbole-inter interactions"] = ("user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3\t881250949\n", ["196|242|rating|3|1997-12-04T15:55:49|||"]),
        ["recbole-item items"] = (
            "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n1\tToy \"Story\"\t1995\tAnimation Children's Comedy\n",
            ["1|Toy \"Story\"|Animation,Children's,Comedy|||True|False|||{\"year\":\"1995\"}"]),
        ["recbole-user users"] = ("user_id:token\tage:token\tgender:token\toccupation:token\tzip_code:token\n1\t24\tM\ttechnician\t85711\n", ["1|{\"age\":\"24\",\"gender\":\"M\",\"occupation\":\"technician\",\"zip_code\":\"85711\"}"]),
        ["movielens-1m interactions"] = ("1::1193::5::978300760\n", ["1|1193|rating|5|2000-12-31T22:12:40|||"]),
        ["movielens-1m items"] = ("1::Toy Story (1995)::Animation|Children's|Comedy\n73::Mis\u00e9rables, Les (1995)::Drama|Musical\n", ["1|Toy Story (1995)|Animation,Children's,Comedy|||True|False|||", "73|Mis\u00e9rables, Les (1995)|Drama,Musical|||True|False|||"]),
        ["movielens-1m users"] = ("1::F::1::10::48067\n", ["1|{\"gender\":\"F\",\"age\":\"1\",\"occupation\":\"10\",\"zip_code\":\"48067\"}"]),
        ["movielens-25m interactions"] = ("userId,movieId,rating,timestamp\n1,296,5.0,1147880044\n", ["1|296|rating|5|2006-05-17T15:34:04|||"]),
        ["movielens-25m items"] = ("movieId,title,genres\n1,\"American President, The (1995)\",Comedy|Drama\n2,Nothing,(no genres listed)\n", ["1|American President, The (1995)|Comedy,Drama|||True|False|||", "2|Nothing||||True|False|||"]),
        ["movielens-100k interactions"] = ("196\t242\t3\t881250949\n", ["196|242|rating|3|1997-12-04T15:55:49|||"]),
        ["movielens-100k items"] = (
            "1|Toy Story (1995)|01-Jan-1995||http://us.imdb.com/M/title-exact?Toy%20Story%20(1995)|0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n267|unknown||||1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n",
            ["1|Toy Story (1995)|Animation,Children's,Comedy|||True|False|||", "267|unknown|unknown|||True|False|||"]),
        ["movielens-100k users"] = ("1|24|M|technician|85711\n", ["1|{\"age\":\"24\",\"gender\":\"M\",\"occupation\":\"technician\",\"zip_code\":\"85711\"}"]),
    };

    private readonly MemoryImport import = new();

    public static TheoryData<string> Names => [.. Layouts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Import_ByPreset_ReadsTheLayout(string name)
    {
        var (preset, target) = Parse(name);
        var text = Layouts[name].Text;
        var bytes = preset.Options.ContainsKey("encoding") ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text);
        var problems = new List<FieldProblem>();
        var arguments = ImportArguments.Read(target, option => option == "format" ? [preset.Name] : [], () => "csv", problems);

        var report = await import.RunAsync(bytes, arguments, target);

        Assert.Empty(problems);
        Assert.Empty(report.Errors);
        Assert.Equal(Layouts[name].Rows, import.Shown(target));
    }

    [Fact]
    public void Presets_AllAreTested() => Assert.Equal(ImportPreset.All.Select(NameOf).Order(), Layouts.Keys.Order());

    [Fact]
    public void Presets_EveryOption_IsKnown() =>
        Assert.Empty(ImportPreset.All.SelectMany(preset => preset.Options.Keys).Except(ImportOption.All.Select(option => option.Name)));

    [Fact]
    public async Task Import_PresetAndOwnOptions_TheOwnOnesWin()
    {
        Dictionary<string, string[]> own = new()
        {
            ["format"] = ["retailrocket-events"],
            ["map"] = ["userId=transactionid"],
            ["set"] = ["kind=click"],
            ["value"] = ["userId:4000=u"],
            ["dropWhen"] = ["transactionid:empty"],
        };
        var arguments = ImportArguments.Read(ImportTarget.Interactions, option => own.GetValueOrDefault(option, []), () => "csv", []);

        var report = await import.RunAsync(Layouts["retailrocket-events interactions"].Text, arguments);

        Assert.Equal((1L, 1L), (report.Accepted, report.Dropped));
        Assert.Equal(["u|134330|click||2015-06-02T05:17:56|4000||"], import.Shown(ImportTarget.Interactions));
    }

    [Fact]
    public void Read_UnknownPreset_NamesTheKnownOnes()
    {
        var problems = new List<FieldProblem>();

        ImportArguments.Read(ImportTarget.Items, option => option == "format" ? ["shopify-orders"] : [], () => "csv", problems);

        Assert.Contains("for items csv, ndjson and these presets are known: shopify-products, google-merchant", Assert.Single(problems).Reason, StringComparison.Ordinal);
    }

    internal static string TextOf(string name) => Layouts[name].Text;

    private static string NameOf(ImportPreset preset) => $"{preset.Name} {preset.Target.ToString().ToLowerInvariant()}";

    private static (ImportPreset Preset, ImportTarget Target) Parse(string name)
    {
        var preset = ImportPreset.All.Single(preset => NameOf(preset) == name);
        return (preset, preset.Target);
    }
}

internal static class ShownRows
{
    public static IEnumerable<string> Shown(this MemoryImport import, ImportTarget target) => target switch
    {
        ImportTarget.Interactions => import.Interactions.Select(pair => string.Join('|',
            pair.Row.UserId, pair.Row.ItemId, InteractionKinds.Default[pair.Row.KindIndex].Name, Text(pair.Row.Value),
            pair.Row.OccurredAt?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture), pair.Row.OrderId, Text(pair.Row.Quantity), Text(pair.Row.UnitPrice))),
        ImportTarget.Items => import.Items.Select(pair => string.Join('|',
            pair.Row.ItemId, pair.Row.Record.Title, string.Join(',', pair.Row.Record.Categories), pair.Row.Record.SalePrice is { } sale ? $"{Text(pair.Row.Record.Price)}/{Text(sale)}" : Text(pair.Row.Record.Price), pair.Row.Record.Currency,
            pair.Row.Record.Available, pair.Row.Record.Hidden, pair.Row.Record.GroupId, pair.Row.Record.ImageUrl, pair.Row.Record.AttributesJson)),
        _ => import.Users.Select(pair => $"{pair.Row.UserId}|{pair.Row.AttributesJson}"),
    };

    private static string? Text(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture);
}
