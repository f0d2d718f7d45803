using Spectre.Console;

namespace RecoService.Api.Commands;

/// <summary>Where a command writes: with colours and a moving bar where somebody looks on, as plain text of a fixed width where nobody does.</summary>
internal static class CommandConsole
{
    private const int WidthOfAFile = 220;

    public static IAnsiConsole On(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (console.Profile.Out.IsTerminal)
            return console;
        console.Profile.Width = WidthOfAFile;
        console.Profile.Capabilities.Ansi = false;
        console.Profile.Capabilities.Interactive = false;
        return console;
    }

    /// <summary>Whether a file may be written; says why not.</summary>
    /// <param name="console">Where it is said.</param>
    /// <param name="file">The file.</param>
    /// <param name="overwrite">Whether what is there may go.</param>
    public static bool MayWrite(this IAnsiConsole console, FileInfo file, bool overwrite)
    {
        if (!file.Exists || overwrite)
            return true;
        console.MarkupLineInterpolated($"[red]{file.FullName} is there already.[/] Choose another name, or add --overwrite.");
        return false;
    }
}
