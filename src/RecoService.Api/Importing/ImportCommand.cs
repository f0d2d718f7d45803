using System.CommandLine;
using System.Text.RegularExpressions;
using RecoService.Api.Wire;
using Spectre.Console;

namespace RecoService.Api.Importing;

/// <summary><c>import {users|items|interactions} FILE</c>: a file from disk, with progress; ends with 0 when it was stored, else with 1.</summary>
internal static partial class ImportCommand
{
    /// <summary>128 + SIGINT, as shells have it.</summary>
    private const int InterruptedExit = 130;

    /// <param name="openTargets">Opens the store when the command runs; the caller's to dispose.</param>
    /// <param name="console">Where progress and the result are shown.</param>
    public static Command Create(Func<CancellationToken, Task<ImportTargets>> openTargets, IAnsiConsole? console = null)
    {
        var target = new Argument<string>("what") { Description = "users, items or interactions" };
        target.AcceptOnlyFromAmong("users", "items", "interactions");
        var file = new Argument<string>("file") { Description = "A CSV or NDJSON file, packed with gzip or not; - reads the standard input" };
        var format = Text("--format", "csv or ndjson; without it the file's name decides");
        var delimiter = Text("--delimiter", "One character, or tab, comma, semicolon, pipe; default comma");
        var noHeader = new Option<bool>("--no-header") { Description = "The first line is data; columns are numbers from 1" };
        var noQuotes = new Option<bool>("--no-quotes") { Description = "Quotes are ordinary characters" };
        var map = Texts("--map", "field=column: which column a field is read from; columns named like a field need none");
        var set = Texts("--set", "field=constant: what a field is in every row");
        var key = Text("--key", "a,b: columns that together make an interaction's id");
        var dropWhen = Texts("--drop-when", "Column:empty, Column:prefix=text, or Column<=0 (= != < <= > >=): rows to leave out");
        var timeZone = Text("--time-zone", "Zone of times that name none, as Europe/London; default UTC");
        var timeFormat = Text("--time-format", "As M/d/yyyy H:mm; without it ISO 8601 and Unix times are read");
        var encoding = Text("--encoding", "utf-8 (default) or latin-1");
        var skipInvalid = new Option<bool>("--skip-invalid") { Description = "Import the good rows although there are bad ones" };
        var onConflict = Text("--on-conflict", "A row whose id belongs to other content: fail (default), skip (leave it out) or replace");
        var mergeRows = new Option<bool>("--merge-rows") { Description = "Users and items: make one row of the rows of one id; the first filled value wins" };
        var replace = new Option<bool>("--replace") { Description = "Users and items: a row is the whole record; without it, fields that the file lacks stay as they are" };
        var command = new Command("import", "Imports users, items or interactions from a file: all of it, or nothing when a row is bad")
        {
            target, file, format, delimiter, noHeader, noQuotes, map, set, key, dropWhen, timeZone, timeFormat, encoding, skipInvalid, onConflict, mergeRows, replace,
        };
        command.SetAction((parsed, ct) =>
        {
            var path = parsed.GetValue(file)!;
            var arguments = new ImportArguments
            {
                Format = parsed.GetValue(format) ?? (NdjsonName().IsMatch(path) ? "ndjson" : "csv"),
                Delimiter = parsed.GetValue(delimiter),
                NoHeader = parsed.GetValue(noHeader),
                NoQuotes = parsed.GetValue(noQuotes),
                Map = parsed.GetValue(map) ?? [],
                Set = parsed.GetValue(set) ?? [],
                Key = parsed.GetValue(key),
                DropWhen = parsed.GetValue(dropWhen) ?? [],
                TimeZone = parsed.GetValue(timeZone),
                TimeFormat = parsed.GetValue(timeFormat),
                Encoding = parsed.GetValue(encoding),
                SkipInvalid = parsed.GetValue(skipInvalid),
                OnConflict = parsed.GetValue(onConflict),
                MergeRows = parsed.GetValue(mergeRows),
                Replace = parsed.GetValue(replace),
            };
            var what = Enum.Parse<ImportTarget>(parsed.GetValue(target)!, ignoreCase: true);
            return RunAsync(what, path, arguments, openTargets, console ?? AnsiConsole.Console, ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        ImportTarget target, string path, ImportArguments arguments, Func<CancellationToken, Task<ImportTargets>> openTargets, IAnsiConsole console,
        CancellationToken ct)
    {
        var problems = new List<FieldProblem>();
        if (arguments.Parse(problems) is not { } options)
            return Refuse(console, problems);
        try
        {
            await using var file = await ImportFile.OpenAsync(path, ct);
            var targets = await openTargets(ct);
            var report = await ImportProgressView.ShowAsync(
                console, file, progress => targets.ImportAsync(target, file, options, progress, ct));
            Show(console, report);
            return report.Committed ? 0 : 1;
        }
        catch (InvalidRequestException e)
        {
            return Refuse(console, e.Problems);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The commit itself is not cancelled, so that this is true.
            console.WriteLine("Cancelled. Nothing was stored.");
            return InterruptedExit;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            console.WriteLine(e.Message);
            return 1;
        }
    }

    private static int Refuse(IAnsiConsole console, IReadOnlyList<FieldProblem> problems)
    {
        foreach (var problem in problems)
            console.WriteLine($"{(problem.Field == FieldProblem.Body ? "The file" : Flag(problem.Field))} {Spell(problem.Reason)}");
        return 1;
    }

    private static void Show(IAnsiConsole console, ImportReport report)
    {
        var counts = new Table().AddColumns("Lines", "Accepted", "Duplicates", "Merged", "Skipped", "Dropped", "Invalid");
        long[] numbers = [report.Lines, report.Accepted, report.Duplicates, report.Merged, report.Skipped, report.Dropped, report.Invalid];
        counts.AddRow([.. numbers.Select(number => new Text($"{number:N0}", Style.Plain).RightJustified())]);
        console.Write(counts);
        foreach (var error in report.Errors)
            console.WriteLine($"line {error.Line}: {Spell(error.Reason)}");
        if (report.Errors.Count < report.Invalid)
            console.WriteLine($"... and {report.Invalid - report.Errors.Count:N0} more bad rows");
        console.WriteLine(report.Committed
            ? "The import is stored."
            : Spell(report.Reason!));
    }

    /// <summary>Reasons name options as the query string does; here they are named as they are typed.</summary>
    private static string Spell(string reason) => ImportEndpoints.Options.Where(option => UpperLetter().IsMatch(option))
        .Aggregate(reason, (text, option) => text.Replace(option, Flag(option), StringComparison.Ordinal));

    private static string Flag(string option) => "--" + UpperLetter().Replace(option, match => $"-{char.ToLowerInvariant(match.Value[0])}");

    private static Option<string?> Text(string name, string description) => new(name) { Description = description };

    private static Option<string[]> Texts(string name, string description) => new(name) { Description = description };

    [GeneratedRegex(@"\.(ndjson|jsonl)(\.gz)?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NdjsonName();

    [GeneratedRegex("[A-Z]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UpperLetter();
}
