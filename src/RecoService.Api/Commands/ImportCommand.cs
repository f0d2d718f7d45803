using System.CommandLine;
using System.Text.RegularExpressions;
using RecoService.Api.Importing;
using RecoService.Api.Importing.Dumps;
using RecoService.Api.Importing.Guessing;
using RecoService.Api.Importing.Options;
using RecoService.Api.Wire;
using Spectre.Console;

namespace RecoService.Api.Commands;

/// <summary>
/// <c>import {users|items|interactions} FILE</c>, or <c>import SERVICE FOLDER</c> for what another service gave out: from disk, with progress; ends with 0 when it was stored, else with 1.
/// </summary>
internal static partial class ImportCommand
{
    /// <param name="openTargets">Opens the store when the command runs; the caller's to dispose.</param>
    /// <param name="openDumps">Reads what other services gave out.</param>
    /// <param name="openPreview">Reads rows without a store, for a guess.</param>
    /// <param name="console">Where progress and the result are shown.</param>
    public static Command Create(
        Func<CancellationToken, Task<ImportTargets>> openTargets, Func<IReadOnlyList<ServiceDump>> openDumps, Func<PreviewBinders> openPreview, IAnsiConsole? console = null)
    {
        var target = new Argument<string?>("what") { Description = $"users, items or interactions; {string.Join(", ", ServiceDumps.Names)} for all that such a service gave out; not needed with --guess", Arity = ArgumentArity.ZeroOrOne };
        var file = new Argument<string?>("file") { Description = "A CSV or JSON file (a line or an array element per record), packed with gzip or not; - reads the standard input. Of a service, the folder of its files", Arity = ArgumentArity.ZeroOrOne };
        var guess = new Option<bool>("--guess") { Description = "Store nothing. Print the command that would import the file, its first rows as stored, and warnings" };
        var formats = new Option<bool>("--formats") { Description = "List the presets that --format knows" };
        var command = new Command("import", "Imports users, items or interactions from a file: all of it, or nothing when a row is bad") { target, file, guess, formats };
        var options = ImportOption.All.ToDictionary(option => option.Name, Create);
        foreach (var option in options.Values)
            command.Add(option);
        command.SetAction((parsed, ct) =>
        {
            var output = console ?? AnsiConsole.Console;
            if (parsed.GetValue(formats))
                return Task.FromResult(ShowFormats(output));
            var (first, second) = (parsed.GetValue(target), parsed.GetValue(file));
            if (ServiceDumps.Names.Contains(first) && second is not null)
                return RunDumpAsync(openDumps().Single(dump => dump.Name == first), second, GivenIn(parsed, options["skipInvalid"]).Count > 0, openTargets, output, ct);
            ImportTarget? what = Enum.TryParse<ImportTarget>(first, ignoreCase: true, out var named) && !int.TryParse(first, out _) ? named : null;
            if (parsed.GetValue(guess))
                return GuessAsync(what, second ?? first, openPreview, output, ct);
            if (what is null || second is null)
            {
                output.WriteLine($"Say what the file holds and where it is, as import items FILE (users, items or interactions), or import gorse FOLDER ({string.Join(", ", ServiceDumps.Names)}). import --guess FILE finds it out.");
                return Task.FromResult(1);
            }

            return RunAsync(what.Value, second, name => GivenIn(parsed, options[name]), openTargets, output, ct);
        });
        return command;
    }

    private static Option Create(ImportOption option) => option.Shape switch
    {
        OptionShape.Flag => new Option<bool>(option.Dashed) { Description = option.Description },
        OptionShape.Texts => new Option<string[]>(option.Dashed) { Description = option.Description },
        _ => new Option<string?>(option.Dashed) { Description = option.Description },
    };

    private static IReadOnlyList<string> GivenIn(ParseResult parsed, Option option) => option switch
    {
        Option<bool> flag => parsed.GetValue(flag) ? ["true"] : [],
        Option<string[]> texts => parsed.GetValue(texts) ?? [],
        Option<string?> text => parsed.GetValue(text) is { } value ? [value] : [],
        _ => [],
    };

    private static int ShowFormats(IAnsiConsole console)
    {
        foreach (var preset in ImportPreset.All)
            console.WriteLine($"{preset.Name,-20} {preset.Target.ToString().ToLowerInvariant(),-13} {preset.About}");
        return 0;
    }

    private static async Task<int> GuessAsync(ImportTarget? target, string? path, Func<PreviewBinders> openPreview, IAnsiConsole console, CancellationToken ct)
    {
        if (path is null)
        {
            console.WriteLine("Say which file, as import --guess FILE.");
            return 1;
        }

        try
        {
            return await GuessView.ShowAsync(console, path, target, openPreview(), ct);
        }
        catch (InvalidRequestException e)
        {
            return Refuse(console, e.Problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            console.WriteLine(e.Message);
            return 1;
        }
    }

    private static async Task<int> RunDumpAsync(ServiceDump dump, string path, bool skipInvalid, Func<CancellationToken, Task<ImportTargets>> openTargets, IAnsiConsole console, CancellationToken ct)
    {
        try
        {
            return await ServiceDumps.ImportAsync(dump, path, skipInvalid, await openTargets(ct), console, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            console.WriteLine("Nothing of the file under way was stored.");
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            console.WriteLine(e.Message);
            return 1;
        }
    }

    private static async Task<int> RunAsync(
        ImportTarget target, string path, Func<string, IReadOnlyList<string>> given, Func<CancellationToken, Task<ImportTargets>> openTargets, IAnsiConsole console,
        CancellationToken ct)
    {
        var problems = new List<FieldProblem>();
        var options = ImportArguments.Read(target, given, () => NdjsonName().IsMatch(path) ? "ndjson" : "csv", problems).Parse(problems);
        if (problems.Count > 0)
            return Refuse(console, problems);
        try
        {
            await using var file = await ImportFile.OpenAsync(path, ct);
            var targets = await openTargets(ct);
            var report = await ImportProgressView.ShowAsync(
                console, file, progress => targets.ImportAsync(target, file, options!, progress, ct));
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
            console.WriteLine("Nothing was stored.");
            throw;
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
        {
            var option = ImportOption.All.FirstOrDefault(option => option.Name == problem.Field);
            console.WriteLine($"{(problem.Field == FieldProblem.Body ? "The file" : option?.Dashed ?? problem.Field)} {Spell(problem.Reason)}");
        }

        return 1;
    }

    /// <summary>How an import went.</summary>
    public static void Show(IAnsiConsole console, ImportReport report)
    {
        var counts = new Table().AddColumns("Lines", "Accepted", "Duplicates", "Merged", "Skipped", "Dropped", "Invalid");
        long[] numbers = [report.Lines, report.Accepted, report.Duplicates, report.Merged, report.Skipped, report.Dropped, report.Invalid];
        counts.AddRow([.. numbers.Select(number => new Text($"{number:N0}", Style.Plain).RightJustified())]);
        console.Write(counts);
        foreach (var error in report.Errors)
            console.WriteLine($"line {error.Line}: {Spell(error.Reason)}");
        if (report.Errors.Count < report.Invalid)
            console.WriteLine($"... and {report.Invalid - report.Errors.Count:N0} more bad rows");
        foreach (var note in report.Notes)
            console.WriteLine(note);
        console.WriteLine(report.Committed
            ? "The import is stored."
            : Spell(report.Reason!));
    }

    /// <summary>Reasons name options as the query string does; here they are named as they are typed.</summary>
    private static string Spell(string reason) => ImportOption.All.Where(option => option.Name.Any(char.IsAsciiLetterUpper))
        .Aggregate(reason, (text, option) => text.Replace(option.Name, option.Dashed, StringComparison.Ordinal));

    [GeneratedRegex(@"\.(ndjson|jsonl|json)(\.gz)?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NdjsonName();
}
