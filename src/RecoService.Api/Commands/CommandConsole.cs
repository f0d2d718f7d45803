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
}
