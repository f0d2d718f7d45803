using RecoService.Api.Importing.Options;
using RecoService.Api.Importing.Values;

namespace RecoService.Api.Importing.Guessing;

/// <summary>The options for a file that nobody described: a preset that knows its columns, else what names and looks of its columns say. The same file gives the same guess.</summary>
internal sealed class ImportGuess
{
    private readonly FileSample sample;
    private readonly List<(string Name, string Value)> options = [];
    private readonly ColumnMatcher columns;
    private readonly List<string> warnings = [];

    private ImportGuess(FileSample sample) => (this.sample, columns) = (sample, new ColumnMatcher(sample.Columns));

    /// <summary>Null when the file holds nothing that can be imported.</summary>
    public ImportTarget? Target { get; private set; }

    /// <summary>Names as the query spells them, in the order of the command line.</summary>
    public IReadOnlyList<(string Name, string Value)> Options => options;

    public IReadOnlyList<string> Warnings => warnings;

    /// <param name="sample">The beginning of the file.</param>
    /// <param name="target">What it holds, when that is known.</param>
    public static ImportGuess Of(FileSample sample, ImportTarget? target)
    {
        var guess = new ImportGuess(sample) { Target = target };
        if (PresetOf(sample, target) is { } preset)
            guess.TakePreset(preset);
        else
            guess.TakeColumns();
        return guess;
    }

    /// <summary>What was guessed for an option.</summary>
    public IReadOnlyList<string> Given(string name) => [.. options.Where(option => option.Name == name).Select(option => option.Value)];

    /// <summary>A command line for a shell.</summary>
    public string CommandLine(string file) => string.Join(
        ' ',
        new[] { "import", Target.ToString()!.ToLowerInvariant(), Shell(file) }
            .Concat(options.Select(option => (Option: ImportOption.All.First(known => known.Name == option.Name), option.Value))
                .Select(option => option.Option.Shape == OptionShape.Flag ? option.Option.Dashed : $"{option.Option.Dashed} {Shell(option.Value)}")));

    private static string Shell(string text) =>
        text.Length > 0 && text.All(letter => char.IsLetterOrDigit(letter) || "-_./=:,+@%".Contains(letter, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static ImportPreset? PresetOf(FileSample sample, ImportTarget? target)
    {
        var names = sample.Columns.SelectMany(column => sample.Format == ImportFormat.Ndjson ? (string[])[column.Name, column.Name.Split('.', '[')[0]] : [column.Name]).ToHashSet();
        return ImportPreset.All
            .Where(preset => (target is null || preset.Target == target) && preset.Base == (sample.Format == ImportFormat.Csv ? "csv" : "ndjson"))
            .Where(preset => preset.Header.Count > 0 ? (sample.HasHeader || sample.Format == ImportFormat.Ndjson) && preset.Header.All(names.Contains) : LooksLike(sample, preset))
            .MaxBy(preset => preset.Header.Count);
    }

    private static bool LooksLike(FileSample sample, ImportPreset preset) =>
        !sample.HasHeader && sample.Columns.Count == preset.Columns && sample.Delimiter == (preset.Delimiter ?? ",")
        && preset.Look.Zip(sample.Columns).All(pair => pair.First switch
        {
            "number" => pair.Second.All(Looks.IsNumber),
            "time" => pair.Second.All(Looks.IsTime),
            _ => true,
        });

    private void TakePreset(ImportPreset preset)
    {
        Target = preset.Target;
        Add("format", preset.Name);
        if (sample.Encoding is not null && !preset.Options.ContainsKey("encoding"))
            Add("encoding", sample.Encoding);
    }

    private void TakeColumns()
    {
        if (sample.Format == ImportFormat.Ndjson)
            Add("format", "ndjson");
        if (!sample.HasHeader)
            Add("noHeader", "true");
        if (sample.Encoding is not null)
            Add("encoding", sample.Encoding);
        var user = columns.Find(Synonyms.User);
        var item = columns.Find(Synonyms.Item, not: user);
        Target ??= (user, item) switch
        {
            ({ } someone, { } something) when !IsItemFile(something) || columns.Find(Synonyms.Kind) is not null || someone != something => ImportTarget.Interactions,
            (_, not null) => ImportTarget.Items,
            (not null, null) => ImportTarget.Users,
            _ when columns.Named("id") is not null => ImportTarget.Items,
            _ when !sample.HasHeader && sample.Columns.Count >= 2 => ImportTarget.Interactions,
            _ => null,
        };
        switch (Target)
        {
            case ImportTarget.Interactions when !sample.HasHeader:
                TakeByLooks();
                break;
            case ImportTarget.Interactions:
                TakeInteractions(user, item);
                break;
            case ImportTarget.Items:
                TakeItems(item);
                break;
            case ImportTarget.Users:
                TakeUsers(user);
                break;
            default:
                warnings.Add("No column looks like the id of a user or an item; say which it is by --map.");
                return;
        }

        TakeNulls();
        if (sample.Format == ImportFormat.Ndjson)
            Add("ignoreUnknown", "true");
    }

    private static bool IsItemFile(SampleColumn item) => item.Filled.Distinct().Count() == item.Filled.Count();

    private void TakeInteractions(SampleColumn? user, SampleColumn? item)
    {
        MapId("userId", user, isNeeded: true);
        MapId("itemId", item, isNeeded: true);
        var value = MapIf("value", columns.Find(Synonyms.Value), column => column.All(Looks.IsNumber));
        TakeTime("occurredAt", Synonyms.Time);
        var order = MapIf("orderId", columns.Find(Synonyms.Order), _ => true);
        MapIf("sessionId", columns.Find(Synonyms.Session), _ => true);
        var sign = Looks.DecimalOf(columns.Find(Synonyms.Quantity), columns.Find(Synonyms.UnitPrice));
        var quantity = MapIf("quantity", columns.Find(Synonyms.Quantity), column => column.All(text => Looks.IsAmount(text, sign)));
        var price = MapIf("unitPrice", columns.Find(Synonyms.UnitPrice), column => column.All(text => Looks.IsAmount(text, sign)));
        if (sign != DecimalSign.Unstated && (quantity ?? price) is not null)
            Add("decimal", sign.ToString().ToLowerInvariant());
        if (quantity is not null && quantity.Filled.Any(text => text.StartsWith('-') || text is "0" or "0.0" or "0,0"))
            Add("dropWhen", $"{quantity.Source}<=0");
        TakeKind(value, order is not null || quantity is not null || price is not null);
    }

    private void TakeItems(SampleColumn? item)
    {
        MapId("itemId", item ?? columns.Named("id"), isNeeded: true);
        MapIf("title", columns.Find(Synonyms.Title), _ => true);
        MapIf("description", columns.Find(Synonyms.Description), _ => true);
        if (MapIf("categories", columns.Find(Synonyms.Categories), column => !column.All(Looks.IsNumber)) is { } categories && SeparatorOf(categories) is { } separator)
            Add("list", $"categories:{SourceText.Quote(separator)}");
        var priceColumn = columns.Find(Synonyms.Price);
        var sign = Looks.DecimalOf(priceColumn);
        if (MapIf("price", priceColumn, column => column.All(text => Looks.IsAmount(text, sign))) is not null && sign != DecimalSign.Unstated)
            Add("decimal", sign.ToString().ToLowerInvariant());
        MapIf("salePrice", columns.Find(Synonyms.SalePrice), column => column.All(text => Looks.IsAmount(text, sign)));
        MapIf("compareAtPrice", columns.Find(Synonyms.CompareAtPrice), column => column.All(text => Looks.IsAmount(text, sign)));
        MapIf("currency", columns.Find(Synonyms.Currency), column => column.All(text => text.Length <= 3));
        TakeAvailable();
        TakeTime("addedAt", Synonyms.AddedAt);
        MapIf("groupId", columns.Find(Synonyms.Group), _ => true);
        if (MapIf("imageUrl", columns.Find(Synonyms.Image), column => column.All(Looks.IsAddress)) is { } image && image.Filled.Any(text => text.Contains(',', StringComparison.Ordinal)))
            Add("list", "imageUrl:\\,");
        foreach (var name in Synonyms.Attributes)
        {
            if (columns.Find([name]) is { } column)
                Map($"attributes.{SourceText.Quote(column.Name)}", column);
        }

        Add("truncate", "true");
    }

    private void TakeUsers(SampleColumn? user)
    {
        MapId("userId", user ?? columns.Named("id"), isNeeded: true);
        foreach (var column in columns.Left.Where(column => column.Filled.Any()).Take(20).ToList())
            Map($"attributes.{SourceText.Quote(column.Name)}", column);
    }

    /// <summary>A file without names: the times are the column that looks so, a small number is a rating, and of the others the first two are user and item.</summary>
    private void TakeByLooks()
    {
        var time = sample.Columns.FirstOrDefault(column => column.All(Looks.IsTime));
        var value = sample.Columns.Skip(2).FirstOrDefault(column => column != time && column.All(text => Looks.IsNumber(text) && double.Parse(text, System.Globalization.CultureInfo.InvariantCulture) is >= 0.5 and <= 5));
        var ids = sample.Columns.Where(column => column != time && column != value && column.Filled.Any()).Take(2).ToList();
        MapId("userId", ids.ElementAtOrDefault(0), isNeeded: true);
        MapId("itemId", ids.ElementAtOrDefault(1), isNeeded: true);
        if (value is not null)
            Map("value", value);
        if (time is not null)
            Map("occurredAt", time);
        else
            WarnOfNoTime();
        Add("set", value is null ? "kind=view" : "kind=rating");
        warnings.Add("The file has no header: its columns were told apart by their looks.");
    }

    private void TakeKind(SampleColumn? value, bool isSale)
    {
        var kind = columns.Find(Synonyms.Kind);
        var names = kind?.Filled.Distinct().ToList() ?? [];
        var known = names.Where(name => Synonyms.Kinds.ContainsKey(Synonyms.Normalize(name))).ToList();
        if (kind is not null && known.Count > 0)
        {
            Map("kind", kind);
            foreach (var name in known.Where(name => Synonyms.Kinds[Synonyms.Normalize(name)] != name))
                Add("value", $"kind:{SourceText.Quote(name)}={Synonyms.Kinds[Synonyms.Normalize(name)]}");
            if (known.Count < names.Count)
            {
                Add("dropWhen", $"{kind.Source}:not-in={string.Join(',', known.Select(SourceText.Quote))}");
                warnings.Add($"Rows of these kinds are left out: {string.Join(", ", names.Except(known).Take(20).Select(name => Wire.WireText.Escape(name)))}. --value says what they are.");
            }

            if (known.Select(name => Synonyms.Kinds[Synonyms.Normalize(name)]).Distinct().Count() == 1)
                warnings.Add("All rows are of one kind.");
            return;
        }

        var guessed = value is not null ? "rating" : isSale ? "purchase" : "view";
        Add("set", $"kind={guessed}");
        warnings.Add($"The file names no kinds: all rows are taken for one, {guessed}.");
    }

    private void TakeTime(string field, IReadOnlyList<string> synonyms)
    {
        var candidates = columns.FindAll(synonyms).Where(column => column.Filled.Any()).ToList();
        var timeOfDay = candidates.Find(column => column.All(Looks.IsTimeOfDay)) ?? columns.Left.FirstOrDefault(column => column.All(Looks.IsTimeOfDay));
        foreach (var column in candidates.Where(column => column != timeOfDay))
        {
            var joined = timeOfDay is not null && !column.Filled.First().Contains(':', StringComparison.Ordinal) ? timeOfDay : null;
            if (column.All(Looks.IsTime))
            {
                Take(column, joined);
                return;
            }

            if (FormatOf(column, joined is not null) is { } format)
            {
                Take(column, joined);
                Add("timeFormat", format);
                return;
            }
        }

        if (field == "occurredAt")
            WarnOfNoTime();

        void Take(SampleColumn column, SampleColumn? joined)
        {
            columns.Use(column);
            if (joined is not null)
                columns.Use(joined);
            Add("map", joined is null ? $"{field}={column.Source}" : $"{field}={column.Source}+{joined.Source}");
        }
    }

    private void WarnOfNoTime() => warnings.Add("No column was found for the times: every row is taken to have happened at the import. Nothing can be judged by time then.");

    /// <summary>The format that reads every value, when it is one that needs to be named.</summary>
    private string? FormatOf(SampleColumn column, bool hasTimeOfDay)
    {
        string[] dates = ["yyyyMMdd", "yyyyMMddHHmmss", "yyyyMMddHHmm", "M/d/yyyy", "d/M/yyyy", "d-M-yyyy", "M/d/yy", "d/M/yy", "d.M.yy"];
        string[] times = hasTimeOfDay ? [""] : ["", " H:mm", " H:mm:ss", " h:mm tt", " h:mm:ss tt", ", h:mm tt"];
        List<string> fitting = [.. dates.SelectMany(date => times.Select(time => date + time)).Where(format => column.All(text => DateTime.TryParseExact(
            text, format, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var date) && date.Year is >= 1900 and < 2100))];
        if (fitting.Count == 0)
        {
            if (Looks.ReasonAgainstTime(column.Filled.First()) is { } reason && Looks.IsNumber(column.Filled.First()))
                warnings.Add($"The column {column.Name} is not taken for the times: '{column.Filled.First()}' {reason}.");
            return null;
        }

        if (fitting.Count > 1 && fitting[0][0] != fitting[1][0])
            warnings.Add($"The dates in {column.Name} could begin with the day or the month; {fitting[0]} is taken.");
        return hasTimeOfDay ? $"{fitting[0]} H:mm|{fitting[0]} H:mm:ss|{fitting[0]}" : fitting[0];
    }

    private void TakeAvailable()
    {
        if (columns.Find(Synonyms.Available) is not { } column)
            return;
        var names = column.Filled.Distinct().ToList();
        if (names.Any(name => FlagText.Read(System.Text.Encoding.UTF8.GetBytes(name)) is null && !Synonyms.Availabilities.ContainsKey(Synonyms.Normalize(name))))
        {
            warnings.Add($"The column {column.Name} is not taken: its values are neither true nor false. --value says which they are.");
            return;
        }

        Map("available", column);
        foreach (var name in names.Where(name => FlagText.Read(System.Text.Encoding.UTF8.GetBytes(name)) is null))
            Add("value", $"available:{SourceText.Quote(name)}={(Synonyms.Availabilities[Synonyms.Normalize(name)] ? "true" : "false")}");
    }

    private void TakeNulls()
    {
        foreach (var none in Synonyms.Nulls.Where(none => columns.Used.Any(column => column.Values.Contains(none))))
            Add("null", none);
    }

    private static string? SeparatorOf(SampleColumn column)
    {
        foreach (var separator in (string[])["|", ">", ";", ","])
        {
            if (column.Filled.Any(text => text.Contains(separator, StringComparison.Ordinal)) && !column.Filled.First().StartsWith('['))
                return separator == "|" ? null : separator;
        }

        return null;
    }

    private void MapId(string field, SampleColumn? column, bool isNeeded)
    {
        if (column is null)
        {
            if (isNeeded)
                warnings.Add($"No column was found for {field}; say which it is by --map {field}=COLUMN.");
            return;
        }

        Map(field, column);
        var values = column.Filled.ToList();
        if (values.Count < column.Values.Count && field == "userId")
        {
            Add("dropWhen", $"{column.Source}:empty");
            warnings.Add($"{column.Values.Count - values.Count} of {column.Values.Count} rows name no user in {column.Name} and are left out.");
        }

        if (values.Exists(id => id.Length > 1 && id[0] == '0' && id.All(char.IsAsciiDigit)))
            warnings.Add($"Ids in {column.Name} begin with zeros. They are kept; all files must write them so.");
        if (values.Exists(id => id.EndsWith(".0", StringComparison.Ordinal)))
            warnings.Add($"Ids in {column.Name} end with .0, as a spreadsheet writes whole numbers. They are kept; all files must write them so.");
    }

    private SampleColumn? MapIf(string field, SampleColumn? column, Func<SampleColumn, bool> test)
    {
        if (column is null || !column.Filled.Any() || !test(column))
            return null;
        Map(field, column);
        return column;
    }

    private void Map(string field, SampleColumn column)
    {
        columns.Use(column);
        Add("map", $"{field}={column.Source}");
    }

    private void Add(string name, string value) => options.Add((name, value));
}
