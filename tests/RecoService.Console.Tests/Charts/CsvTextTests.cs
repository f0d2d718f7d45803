using RecoService.WebConsole.Charts;

namespace RecoService.Console.Tests.Charts;

public sealed class CsvTextTests
{
    [Fact]
    public void Of_PlainRows_IsALineEach() => Assert.Equal("day,orders\r\n2026-12-01,3\r\n", CsvText.Of([["day", "orders"], ["2026-12-01", "3"]]));

    [Theory]
    [InlineData("1,234.50", "\"1,234.50\"")]
    [InlineData("a \"good\" one", "\"a \"\"good\"\" one\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("", "")]
    [InlineData("-0.12", "-0.12")]
    [InlineData("=HYPERLINK(1)", "'=HYPERLINK(1)")]
    [InlineData("@sum", "'@sum")]
    [InlineData("+1+cmd", "'+1+cmd")]
    public void Of_AValue_IsQuotedAndNeverAFormula(string value, string written) => Assert.Equal(written + "\r\n", CsvText.Of([[value]]));
}
