using RecoService.Api.Tests.Service;

namespace RecoService.Api.Tests.Commands;

public sealed class RecoCommandsTests
{
    [Theory]
    [InlineData("srve", "srve")]
    [InlineData("import interactions somewhere.csv --skip-invlid", "--skip-invlid")]
    [InlineData("train now", "now")]
    [InlineData("health --quiet", "--quiet")]
    public async Task Invoke_WordThatNobodyKnows_EndsWithCode1AndNamesIt(string words, string unknown)
    {
        await using var process = ServiceProcess.Start(words.Split(' '));
        await process.WaitForExitAsync();

        Assert.Equal(1, process.ExitCode);
        await Wait.UntilAsync(() => Task.FromResult(process.Output.Contains($"'{unknown}'", StringComparison.Ordinal)), $"{unknown} is named in: {process.Output}");
    }

    [Fact]
    public async Task Invoke_Help_ListsTheCommands()
    {
        await using var process = ServiceProcess.Start("--help");
        await process.WaitForExitAsync();

        Assert.Equal(0, process.ExitCode);
        await Wait.UntilAsync(
            () => Task.FromResult(new[] { "serve", "import", "train", "tune", "evaluate", "simulate", "health" }.All(command => process.Output.Contains(command, StringComparison.Ordinal))),
            "every command is listed");
    }
}
