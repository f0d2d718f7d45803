namespace RecoService.Api.Importing.Guessing;

/// <summary>What files call fields and values. Names are compared in small letters and without signs; those that come first are preferred.</summary>
internal static class Synonyms
{
    public static IReadOnlyList<string> User { get; } =
    [
        "userid", "user", "customerid", "customernumber", "customerno", "customer", "clientid", "memberid", "accountid", "personid", "shopperid", "buyerid", "householdkey", "reviewerid",
        "visitorid", "userpseudoid", "anonymousid", "uid", "userlogin", "username", "kundennummer", "kundenid", "kundennr", "kunde", "email", "emailaddress", "customeremail", "emailbilling", "billingemail",
        "useremail", "sessionid", "session",
    ];

    public static IReadOnlyList<string> Item { get; } =
    [
        "itemid", "item", "productid", "sku", "articleid", "variantsku", "lineitemsku", "itemsku", "productsku", "product", "article", "articlenumber", "artikelnummer", "artikelnr", "productcode", "productnumber", "stockcode",
        "parentasin", "asin", "movieid", "bookid", "songid", "trackid", "isbn", "ean", "gtin", "goodsid", "contentid", "itemcode", "lineitemname", "itemname", "productname",
    ];

    public static IReadOnlyList<string> Kind { get; } = ["kind", "eventtype", "eventname", "event", "action", "actiontype", "interaction", "interactiontype", "behavior", "behaviour", "behaviortype", "activity", "type"];

    public static IReadOnlyList<string> Value { get; } = ["rating", "value", "score", "stars", "overall", "bewertung", "ratingscore"];

    public static IReadOnlyList<string> Time { get; } =
    [
        "occurredat", "timestamp", "eventtime", "eventtimestamp", "datetime", "createdat", "orderdate", "invoicedate", "purchasedate", "purchasedat", "transactiondate", "transactiondt", "tdat", "eventdate", "unixreviewtime", "ts",
        "time", "date", "ratedat", "viewedat", "bestelldatum", "datum", "zeit", "zeitpunkt", "paidat", "reviewdate", "visittime",
    ];

    public static IReadOnlyList<string> Order { get; } = ["orderid", "ordernumber", "orderno", "invoiceno", "invoicenumber", "invoice", "transactionid", "basketid", "order", "receiptid", "bestellnummer", "bestellnr", "belegnummer"];

    public static IReadOnlyList<string> Session { get; } = ["sessionid", "session", "usersession", "visitid"];

    public static IReadOnlyList<string> Quantity { get; } = ["quantity", "qty", "lineitemquantity", "quantityrefund", "itemquantity", "units", "count", "menge", "anzahl", "stueck", "pieces", "amount"];

    public static IReadOnlyList<string> UnitPrice { get; } = ["unitprice", "price", "itemprice", "lineitemprice", "itemcost", "einzelpreis", "preis", "salesprice", "priceeach"];

    public static IReadOnlyList<string> Title { get; } = ["title", "productname", "name", "producttitle", "itemname", "itemtitle", "prodname", "movietitle", "booktitle", "bezeichnung", "artikelname", "artikelbezeichnung", "titel"];

    public static IReadOnlyList<string> Description { get; } = ["description", "bodyhtml", "body", "detaildesc", "longdescription", "productdescription", "beschreibung", "shortdescription", "summary", "desc", "text", "overview"];

    public static IReadOnlyList<string> Categories { get; } = ["categories", "category", "genres", "genre", "producttype", "categoryname", "categorypath", "googleproductcategory", "kategorie", "kategorien", "warengruppe", "producttypename", "department", "tags", "type", "class"];

    public static IReadOnlyList<string> Price { get; } = ["price", "regularprice", "variantprice", "unitprice", "retailprice", "listprice", "preis", "verkaufspreis", "pricetaxincl"];

    public static IReadOnlyList<string> SalePrice { get; } = ["saleprice", "specialprice", "discountprice", "discountedprice", "promoprice", "angebotspreis", "aktionspreis", "sonderpreis"];

    public static IReadOnlyList<string> CompareAtPrice { get; } = ["compareatprice", "variantcompareatprice"];

    public static IReadOnlyList<string> Currency { get; } = ["currency", "currencycode", "waehrung", "w\u00e4hrung"];

    public static IReadOnlyList<string> Available { get; } = ["available", "availability", "instock", "isinstock", "stockstatus", "isavailable", "verf\u00fcgbar", "verfuegbar", "lieferbar"];

    public static IReadOnlyList<string> Group { get; } = ["groupid", "itemgroupid", "parentid", "parentsku", "handle", "productcode", "parentproductid", "masterid", "modelid"];

    public static IReadOnlyList<string> Image { get; } = ["imageurl", "image", "imagelink", "imagesrc", "images", "picture", "pictureurl", "thumbnail", "thumbnailurl", "bild", "bildurl"];

    public static IReadOnlyList<string> AddedAt { get; } = ["addedat", "createdat", "datecreated", "creationdate", "releasedate", "launchdate", "published", "publishedat", "datepublished", "firstavailable"];

    public static IReadOnlyList<string> Attributes { get; } = ["brand", "vendor", "manufacturer", "marke", "hersteller", "color", "colour", "farbe", "size", "material", "gender", "author", "publisher", "year"];

    /// <summary>What kinds are called in files.</summary>
    public static IReadOnlyDictionary<string, string> Kinds { get; } = new Dictionary<string, string>
    {
        ["view"] = "view",
        ["views"] = "view",
        ["pv"] = "view",
        ["viewitem"] = "view",
        ["pageview"] = "view",
        ["productview"] = "view",
        ["productviewed"] = "view",
        ["productdetailview"] = "view",
        ["detail"] = "view",
        ["viewed"] = "view",
        ["itemview"] = "view",
        ["impressionview"] = "view",
        ["impression"] = "view",
        ["read"] = "view",
        ["visit"] = "view",
        ["watch"] = "view",
        ["play"] = "view",
        ["click"] = "click",
        ["clicks"] = "click",
        ["clicked"] = "click",
        ["productclicked"] = "click",
        ["selectitem"] = "click",
        ["productclick"] = "click",
        ["addtocart"] = "add-to-cart",
        ["cart"] = "add-to-cart",
        ["basket"] = "add-to-cart",
        ["addtobasket"] = "add-to-cart",
        ["productadded"] = "add-to-cart",
        ["addedtocart"] = "add-to-cart",
        ["cartadd"] = "add-to-cart",
        ["purchase"] = "purchase",
        ["buy"] = "purchase",
        ["order"] = "purchase",
        ["transaction"] = "purchase",
        ["purchased"] = "purchase",
        ["bought"] = "purchase",
        ["sale"] = "purchase",
        ["checkout"] = "purchase",
        ["ordercompleted"] = "purchase",
        ["ordered"] = "purchase",
        ["kauf"] = "purchase",
        ["buyitem"] = "purchase",
        ["like"] = "like",
        ["fav"] = "like",
        ["favorite"] = "like",
        ["favourite"] = "like",
        ["wishlist"] = "like",
        ["addtowishlist"] = "like",
        ["productaddedtowishlist"] = "like",
        ["liked"] = "like",
        ["star"] = "like",
        ["upvote"] = "like",
        ["share"] = "like",
        ["save"] = "like",
        ["bookmark"] = "like",
        ["collect"] = "like",
        ["rating"] = "rating",
        ["rate"] = "rating",
        ["review"] = "rating",
        ["rated"] = "rating",
        ["removefromcart"] = "remove-from-cart",
        ["productremoved"] = "remove-from-cart",
        ["return"] = "return",
        ["refund"] = "return",
        ["orderrefunded"] = "return",
        ["dislike"] = "dislike",
        ["disliked"] = "dislike",
        ["downvote"] = "dislike",
        ["hide"] = "dislike",
    };

    /// <summary>What true and false are called of things that can be bought.</summary>
    public static IReadOnlyDictionary<string, bool> Availabilities { get; } = new Dictionary<string, bool>
    {
        ["instock"] = true,
        ["available"] = true,
        ["onstock"] = true,
        ["preorder"] = true,
        ["backorder"] = true,
        ["onbackorder"] = true,
        ["limitedavailability"] = true,
        ["ja"] = true,
        ["y"] = true,
        ["lieferbar"] = true,
        ["outofstock"] = false,
        ["unavailable"] = false,
        ["soldout"] = false,
        ["discontinued"] = false,
        ["nein"] = false,
        ["n"] = false,
        ["ausverkauft"] = false,
        ["nichtlieferbar"] = false,
    };

    /// <summary>What nothing is called.</summary>
    public static IReadOnlyList<string> Nulls { get; } = ["NULL", "null", "N/A", "n/a", "NaN", "nan", "None", "\\N", "(null)", "(not set)", "undefined"];

    /// <summary>A name in small letters and without signs; what stands behind a colon, as the type in <c>user_id:token</c>, is left out.</summary>
    public static string Normalize(string name) =>
        string.Concat(name.Split(':')[0].Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant));
}
