using RecoService.Api.Gorse;
using RecoService.Api.Importing;
using RecoService.Api.Importing.Dumps;
using RecoService.Api.Settings;
using RecoService.Api.Wire;
using RecoService.Engine.Data;
using Spectre.Console;

namespace RecoService.Api.Commands;

/// <summary><c>import {gorse|recombee|metarank} FOLDER</c>: the files that another service gave out, one after the other, each stored whole or not at all.</summary>
internal static class ServiceDumps
{
    public static IReadOnlyList<string> Names { get; } = ["gorse", "recombee", "metarank"];

    /// <summary>Those that can be read, in the order of <see cref="Names"/>.</summary>
    public static IReadOnlyList<ServiceDump> Of(InteractionKinds kinds, WireValidators validators, CompatibilitySettings settings) =>
    [
        new GorseDump(new GorseFeedbackTypes(settings, kinds), validators).ToDump(),
        new RecombeeDump(validators, kinds).ToDump(),
        new MetarankDump(validators, kinds).ToDump(),
    ];

    /// <param name="dump">Which service's.</param>
    /// <param name="path">A folder, or one file of it.</param>
    /// <param name="skipInvalid">Stores the good records although there are bad ones.</param>
    /// <param name="targets">Where the records go.</param>
    /// <param name="console">Where progress and the results are shown.</param>
    /// <param name="ct">Stops; the file under way is not stored.</param>
    /// <returns>The exit code: 0 when all files that are there were stored.</returns>
    public static async Task<int> ImportAsync(ServiceDump dump, string path, bool skipInvalid, ImportTargets targets, IAnsiConsole console, CancellationToken ct)
    {
        var files = dump.Files.Select(file => (File: file, Path: PathOf(file, path))).Where(file => file.Path is not null).ToList();
        if (files.Count == 0)
        {
            console.WriteLine($"There is none of the files {string.Join(", ", dump.Files.Select(file => file.Names[0]).Distinct())} (.json, .jsonl or .ndjson, packed with gzip or not) at {path}.");
            return 1;
        }

        var stored = 0;
        foreach (var (file, found) in files)
        {
            console.WriteLine($"{found}: {file.Target.ToString().ToLowerInvariant()}");
            await using var text = await ImportFile.OpenAsync(found!, ct);
            var report = await ImportProgressView.ShowAsync(console, text, progress => file.ImportAsync(targets, text, skipInvalid, progress, ct));
            if (report is { Committed: false, Invalid: 0, Errors: [] } && report.Lines == report.Dropped)
            {
                console.WriteLine($"It holds no {file.Target.ToString().ToLowerInvariant()}.");
                continue;
            }

            ImportCommand.Show(console, report);
            if (!report.Committed)
            {
                console.WriteLine(stored == 0 ? "Nothing of the dump is stored." : "What came before in the dump is stored. It may be imported again from the beginning.");
                return 1;
            }

            stored++;
        }

        return stored == 0 ? 1 : 0;
    }

    private static string? PathOf(DumpFile file, string path) => Directory.Exists(path) ? file.In(path) : file.Names.Contains(Path.GetFileName(path).Split('.')[0], StringComparer.OrdinalIgnoreCase) ? path : null;
}
