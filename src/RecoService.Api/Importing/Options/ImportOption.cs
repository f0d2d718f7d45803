
namespace RecoService.Api.Importing.Options;

internal enum OptionShape
{
    /// <summary>A text, given once.</summary>
    Text,

    /// <summary>A text, given as often as needed.</summary>
    Texts,

    /// <summary>True when given.</summary>
    Flag,
}

/// <summary>An option of an import, one for the command line, the query and presets.</summary>
/// <param name="Name">As the query spells it; the command line has dashes: <c>dropWhen</c>, <c>--drop-when</c>.</param>
/// <param name="Shape">What it takes.</param>
/// <param name="Description">For the help and the API's description.</param>
internal sealed record ImportOption(string Name, OptionShape Shape, string Description)
{
    public static IReadOnlyList<ImportOption> All { get; } =
    [
        new("format", OptionShape.Text, $"csv, ndjson (or one JSON array), or a preset: {string.Join(", ", ImportPreset.All.Select(preset => preset.Name).Distinct())}. Otherwise the file's name or the Content-Type decides."),
        new("delimiter", OptionShape.Text, "CSV: comma, tab, semicolon, pipe or any text, as ::. Default auto: found by looking, and said in the report."),
        new("noHeader", OptionShape.Flag, "CSV: the first line is a row; columns are numbers from 1."),
        new("noQuotes", OptionShape.Flag, "CSV: quotes are ordinary characters."),
        new("encoding", OptionShape.Text, "utf-8 (default), windows-1252, latin-1, iso-8859-15 or any other name."),
        new("map", OptionShape.Texts, "field=column or field=path, as userId=CustomerID or itemId=items[].item_id. sku|name: the first that is not empty. date+time: both. What is named like a field needs none. attributes.NAME is a field too."),
        new("set", OptionShape.Texts, "field=constant: what a field is in every row, as kind=purchase."),
        new("value", OptionShape.Texts, "field:text=value: what a text of the file means, as kind:addtocart=add-to-cart."),
        new("list", OptionShape.Texts, "field:separator, as categories:>. A field that takes one text takes the first entry. Default for categories: |."),
        new("flag", OptionShape.Texts, "categories:NAME=column: a column of 1 and 0 that says whether the item has the category."),
        new("key", OptionShape.Text, "a,b: columns or paths that together make an interaction's id."),
        new("dropWhen", OptionShape.Texts, "Leave such rows out: Column:empty, Column:prefix=text, Column:in=a,b, Column:not-in=a,b, Column<=0 (= != < <= > >=). Where the file has no such column, a field after its mapping."),
        new("fillDown", OptionShape.Texts, "key:a,b: blanks of the columns a and b take the value above, as long as the column key does not change; a,b: always."),
        new("ignore", OptionShape.Texts, "A column or path that stands for no field, though it may be named like one."),
        new("ignoreUnknown", OptionShape.Flag, "JSON: pass over members that are no fields. CSV columns that are none are always passed over, and named in the report."),
        new("null", OptionShape.Texts, "A text that means that there is nothing, as NULL."),
        new("decimal", OptionShape.Text, "point or comma: what stands before decimals; the other may stand between thousands. auto: either, as each number shows. Without it a point; what could be read in two ways is refused."),
        new("timeZone", OptionShape.Text, "Zone of times that name none, as Europe/Berlin or \"W. Europe Standard Time\". Default UTC."),
        new("timeFormat", OptionShape.Text, ".NET format of times, as M/d/yyyy H:mm. Without it ISO 8601, dd.MM.yyyy HH:mm, RFC 1123 and Unix times are read."),
        new("timeUnit", OptionShape.Text, "days, s, ms, us or ns: what times count as numbers. Without it Unix times from 1980 to 2099 are known by their size."),
        new("timeOrigin", OptionShape.Text, "The date from which timeUnit counts, as 2015-01-01; 1899-12-30 for spreadsheets. Default 1970-01-01."),
        new("noTrim", OptionShape.Flag, "Keep white space around values."),
        new("truncate", OptionShape.Flag, "Cut titles, descriptions and categories that are too long, and count them. Otherwise they are faults."),
        new("skipInvalid", OptionShape.Flag, "Import the good rows although there are bad ones."),
        new("onConflict", OptionShape.Text, "A row whose id belongs to other content: fail (a fault), skip (the row is left out) or replace (its content takes the other's place). Default fail."),
        new("mergeRows", OptionShape.Flag, "Users and items: the rows of one id become one; the first value of each field that is not empty wins."),
        new("replace", OptionShape.Flag, "Users and items: a row is the whole record, and what it does not give is cleared. Otherwise it stays as it is."),
    ];

    /// <summary>As the command line spells it.</summary>
    public string Dashed => $"--{string.Concat(Name.Select(letter => char.IsAsciiLetterUpper(letter) ? $"-{char.ToLowerInvariant(letter)}" : $"{letter}"))}";
}
