using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RecoService.Api.Importing.Mapping;
using RecoService.Api.Importing.Options;
using RecoService.Api.Wire;
using Spectre.Console;

namespace RecoService.Api.Importing.Guessing;

/// <summary><c>import --guess FILE</c>: the command that would import the file, its first rows as they would be stored, and warnings. Stores nothing.</summary>
internal static class GuessView
{
    private const int RowsShown = 5;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <returns>0 when the command works on the beginning of the file.</returns>
    public static async Task<int> ShowAsync(IAnsiConsole console, string path, ImportTarget? target, PreviewBinders binders, CancellationToken ct)
    {
        await using var file = await ImportFile.OpenAsync(path, ct);
        var sample = await FileSample.ReadAsync(file, ct);
        var guess = ImportGuess.Of(sample, target);
        if (guess.Target is null)
        {
            foreach (var warning in guess.Warnings)
                console.WriteLine(warning);
            return 1;
        }

        console.WriteLine(guess.CommandLine(path));
        console.WriteLine();
        var problems = new List<FieldProblem>();
        var options = ImportArguments.Read(guess.Target.Value, guess.Given, () => "csv", problems).Parse(problems);
        if (options is null)
            throw new InvalidOperationException($"The guess is not understood: {string.Join("; ", problems)}");
        // The sample is in UTF-8 by now.
        var (rows, errors) = await binders.ReadAsync(guess.Target.Value, sample.Text, options with { Encoding = System.Text.Encoding.UTF8 }, RowsShown, ct);
        foreach (var row in rows)
            console.WriteLine(JsonSerializer.Serialize(row, Json));
        foreach (var warning in guess.Warnings.Concat(errors.Take(RowsShown)))
            console.WriteLine($"Warning: {warning}");
        if (errors.Count > 0)
            console.WriteLine($"{errors.Count:N0} of the first rows are bad; --skip-invalid leaves them out.");
        return rows.Count > 0 ? 0 : 1;
    }
}

/// <summary>Reads rows as an import would, and shows them as the wire has them.</summary>
internal sealed class PreviewBinders(WireValidators validators)
{
    private readonly UserBinder users = new(validators.Users, validators.Limits);
    private readonly ItemBinder items = new(validators.Items, validators.Limits);
    private readonly InteractionBinder interactions = new(validators.Interactions);

    /// <summary>The first good rows, and what is wrong with the bad ones of the text.</summary>
    public Task<(List<object> Rows, List<string> Errors)> ReadAsync(ImportTarget target, byte[] text, ImportOptions options, int count, CancellationToken ct) => target switch
    {
        ImportTarget.Users => ReadAsync(users, row => new { row.UserId, Attributes = Parse(row.AttributesJson) }, text, options, count, ct),
        ImportTarget.Items => ReadAsync(
            items,
            row => new
            {
                row.ItemId,
                row.Record.Title,
                row.Record.Description,
                row.Record.Categories,
                row.Record.Price,
                row.Record.SalePrice,
                row.Record.Currency,
                row.Record.Available,
                row.Record.Hidden,
                row.Record.AddedAt,
                row.Record.GroupId,
                row.Record.ImageUrl,
                Attributes = Parse(row.Record.AttributesJson),
            },
            text, options, count, ct),
        _ => ReadAsync(
            interactions,
            row => new
            {
                row.Id,
                row.UserId,
                row.ItemId,
                Kind = validators.Kinds[row.KindIndex].Name,
                row.Value,
                row.OccurredAt,
                row.SessionId,
                row.OrderId,
                row.Quantity,
                row.UnitPrice,
                row.RecommendationId,
            },
            text, options, count, ct),
    };

    private static async Task<(List<object> Rows, List<string> Errors)> ReadAsync<T>(
        RowBinder<T> binder, Func<T, object> show, byte[] text, ImportOptions options, int count, CancellationToken ct)
    {
        using var stream = new MemoryStream(text);
        using var rows = new MappedRows<T>(stream, binder, options);
        List<object> shown = [];
        List<string> errors = [];
        List<FieldProblem> problems = [];
        while (await rows.ReadAsync(ct))
        {
            if (rows.Take(problems, out var row) == RowOutcome.Valid && shown.Count < count)
                shown.Add(show(row));
            if (problems.Count > 0)
                errors.Add($"line {rows.Line}: {string.Join("; ", problems)}");
            problems.Clear();
        }

        return (shown, errors);
    }

    private static JsonElement? Parse(string? json) => json is null ? null : JsonSerializer.Deserialize<JsonElement>(json);
}
