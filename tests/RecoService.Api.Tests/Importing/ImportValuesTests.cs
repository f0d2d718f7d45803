using System.Text;
using RecoService.Api.Importing.Options;
using RecoService.Api.Importing.Values;

namespace RecoService.Api.Tests.Importing;

/// <summary>How texts become numbers, amounts, times and plain texts.</summary>
public sealed class ImportValuesTests
{
    [Theory]
    [InlineData("12.50", null, "12.50", null)]
    [InlineData("-3", null, "-3", null)]
    [InlineData("1e3", null, "1000", null)]
    [InlineData("1,234.50", null, "1234.50", null)]
    [InlineData("1,234,567", null, "1234567", null)]
    [InlineData("1 234.5", null, "1234.5", null)]
    [InlineData("1'234.50", null, "1234.50", null)]
    [InlineData("1,23,456.00", null, "123456.00", null)]
    [InlineData("20.00 EUR", null, "20.00", "EUR")]
    [InlineData("eur 20.00", null, "20.00", "EUR")]
    [InlineData("EUR20", null, "20", "EUR")]
    [InlineData("$1,299.00", null, "1299.00", "USD")]
    [InlineData("-$5.00", null, "-5.00", "USD")]
    [InlineData("US$ 5", null, "5", "USD")]
    [InlineData("£.50", null, ".50", "GBP")]
    [InlineData("Rs. 1,23,456.00", null, "123456.00", "INR")]
    [InlineData("1,234", "point", "1234", null)]
    [InlineData("12,50", "comma", "12.50", null)]
    [InlineData("1.234,50", "comma", "1234.50", null)]
    [InlineData("1.234", "comma", "1234", null)]
    [InlineData("1\u00a0234,50 \u20ac", "comma", "1234.50", "EUR")]
    [InlineData("€12,50", "comma", "12.50", "EUR")]
    [InlineData("€ -12,50", "comma", "-12.50", "EUR")]
    [InlineData("129 zł", "comma", "129", "PLN")]
    [InlineData("\u221212,5", "comma", "-12.5", null)]
    [InlineData("12,50", "auto", "12.50", null)]
    [InlineData("12.50", "auto", "12.50", null)]
    [InlineData("1.234,5", "auto", "1234.5", null)]
    [InlineData("1,234.5", "auto", "1234.5", null)]
    [InlineData("0,500", "auto", "0.500", null)]
    [InlineData("1\u00a0100,55 \u20ac", "auto", "1100.55", "EUR")]
    [InlineData("41.500000", "auto", "41.5", null)]
    [InlineData("7", "auto", "7", null)]
    public void Amount_AsPeopleWriteIt_IsRead(string text, string? sign, string expected, string? currency)
    {
        Assert.True(TryRead(text, sign, out var number, out var code, out var reason), reason);
        Assert.Equal((decimal.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), currency), (number, code));
    }

    [Theory]
    [InlineData("12,50", null, "--decimal comma")]
    [InlineData("1.234,50", null, "--decimal comma")]
    [InlineData("1,234", null, "could be 1234 or 1.234")]
    [InlineData("12,50", "point", "--decimal point")]
    [InlineData("12.50", "comma", "--decimal comma")]
    [InlineData("1,234.50", "comma", "--decimal comma")]
    [InlineData("1,234", "auto", "could be 1234 or 1.234")]
    [InlineData("1.234", "auto", "could be 1.234 or 1234")]
    [InlineData("1.2.3", "auto", null)]
    [InlineData("129 kr", null, "names no one currency")]
    [InlineData("", null, null)]
    [InlineData("free", null, null)]
    [InlineData("1-2", null, null)]
    [InlineData("1.2.3", null, null)]
    [InlineData("12,34,5", "point", null)]
    [InlineData("10 %", null, null)]
    [InlineData("5 apples", null, null)]
    [InlineData("EUR", null, null)]
    [InlineData("$5 USD", null, null)]
    [InlineData("99999999999999999999999999999999", null, null)]
    public void Amount_ThatCouldBeMistaken_IsRefused(string text, string? sign, string? reason)
    {
        Assert.False(TryRead(text, sign, out var number, out _, out var told), $"{number}");
        if (reason is not null)
            Assert.Contains(reason, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-01-02T03:04:05Z", "2026-01-02T03:04:05")]
    [InlineData("2026-01-02 03:04:05 +0100", "2026-01-02T02:04:05")]
    [InlineData("2026-01-02 03:04:05 +01:00", "2026-01-02T02:04:05")]
    [InlineData("2026-01-02 03:04:05 -0500", "2026-01-02T08:04:05")]
    [InlineData("2026-01-02 03:04:05 UTC", "2026-01-02T03:04:05")]
    [InlineData("2026-01-02 03:04:05.123 UTC", "2026-01-02T03:04:05.123")]
    [InlineData("2026-01-02T03:04:05.000+0000", "2026-01-02T03:04:05")]
    [InlineData("2026-1-2 3:04", "2026-01-02T03:04:00")]
    [InlineData("2026/01/02 3:04:05", "2026-01-02T03:04:05")]
    [InlineData("Fri, 02 Jan 2026 03:04:05 GMT", "2026-01-02T03:04:05")]
    [InlineData("Fri, 02 Jan 2026 03:04:05 +0100", "2026-01-02T02:04:05")]
    [InlineData("2 Jan 2026 03:04", "2026-01-02T03:04:00")]
    [InlineData("02.01.2026 03:04", "2026-01-02T03:04:00")]
    [InlineData("2.1.2026", "2026-01-02T00:00:00")]
    [InlineData("02-Jan-2026", "2026-01-02T00:00:00")]
    [InlineData("01-Jan-1922", "1922-01-01T00:00:00")]
    [InlineData("January 2, 2026", "2026-01-02T00:00:00")]
    [InlineData("Jan 2, 2026, 3:04:05 PM", "2026-01-02T15:04:05")]
    [InlineData("1767322800", "2026-01-02T03:00:00")]
    [InlineData("1767322800123", "2026-01-02T03:00:00.123")]
    [InlineData("1767322800123456", "2026-01-02T03:00:00.123456")]
    [InlineData("1767322800123456789", "2026-01-02T03:00:00.1234567")]
    [InlineData("1767322800.5", "2026-01-02T03:00:00.5")]
    public void Time_ThatCanBeReadInOneWay_IsRead(string text, string expected) => AssertTime(new ImportArguments(), text, expected);

    [Theory]
    [InlineData("20261010", "--time-format yyyyMMdd")]
    [InlineData("202610101530", "--time-format yyyyMMddHHmm")]
    [InlineData("20261010153059", "--time-format yyyyMMddHHmmss")]
    [InlineData("1997", "--time-format yyyy")]
    [InlineData("46023", "--time-origin 1899-12-30")]
    [InlineData("46023.75", "--time-origin 1899-12-30")]
    [InlineData("711", "--time-unit days --time-origin 2015-01-01")]
    [InlineData("0", "--time-unit days")]
    [InlineData("-5", "--time-unit s")]
    [InlineData("99999999", "--time-unit s")]
    [InlineData("9999999999999999999999", "no Unix time before 2100")]
    [InlineData("NaN", "no Unix time")]
    [InlineData("1/2/2026", "--time-format \"d/M/yyyy\" or \"M/d/yyyy\"")]
    [InlineData("13/2/2026 10:15", "--time-format \"d/M/yyyy H:mm\"")]
    [InlineData("02-01-2026", "--time-format \"d-M-yyyy\"")]
    [InlineData("02.01.26", "is no time")]
    [InlineData("2026-13-01", "is no time")]
    [InlineData("2026-01-02 25:00", "is no time")]
    [InlineData("2026-01-02 03:04 CEST", "is no time")]
    [InlineData("now", "is no time")]
    public void Time_ThatCouldBeMistaken_IsRefusedWithTheOptionThatReadsIt(string text, string reason)
    {
        Assert.False(TryRead(new ImportArguments(), text, ValueKind.Text, out var moment, out var told), $"{moment:O}");
        Assert.Contains(reason, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yyyyMMdd", null, null, "20261010", "2026-10-10T00:00:00")]
    [InlineData("yyyy", null, null, "1997", "1997-01-01T00:00:00")]
    [InlineData("M/d/yyyy H:mm", null, null, "12/31/2025 9:05", "2025-12-31T09:05:00")]
    [InlineData("M/d/yy, h:mm tt|auto", null, null, "1/5/26, 10:15 PM", "2026-01-05T22:15:00")]
    [InlineData("M/d/yy, h:mm tt|auto", null, null, "2026-01-05 10:15:00", "2026-01-05T10:15:00")]
    [InlineData(null, "days", "2015-01-01", "711", "2016-12-12T00:00:00")]
    [InlineData(null, "days", "2015-01-01", "1 1631", "2015-01-02T16:31:00")]
    [InlineData(null, "days", "2015-01-01", "1 31", "2015-01-02T00:31:00")]
    [InlineData(null, "days", "1899-12-30", "46024.5", "2026-01-02T12:00:00")]
    [InlineData(null, "s", null, "-86400", "1969-12-31T00:00:00")]
    [InlineData(null, "ms", null, "1", "1970-01-01T00:00:00.001")]
    [InlineData(null, "us", null, "1000", "1970-01-01T00:00:00.001")]
    [InlineData(null, "ns", null, "1000000", "1970-01-01T00:00:00.001")]
    public void Time_WithAFormatOrAUnit_IsReadAsSaid(string? format, string? unit, string? origin, string text, string expected) =>
        AssertTime(new ImportArguments { TimeFormat = format, TimeUnit = unit, TimeOrigin = origin }, text, expected);

    [Theory]
    [InlineData("days", "2015-01-01", "many")]
    [InlineData("days", "2015-01-01", "1 2460")]
    [InlineData("days", "2015-01-01", "1e20")]
    [InlineData("s", null, "1e300")]
    [InlineData("s", null, "2026-01-01")]
    public void Time_ThatIsNoNumberOfTheUnit_IsRefused(string unit, string? origin, string text) =>
        Assert.False(TryRead(new ImportArguments { TimeUnit = unit, TimeOrigin = origin }, text, ValueKind.Text, out _, out _));

    [Theory]
    [InlineData("W. Europe Standard Time")]
    [InlineData("Europe/Berlin")]
    public void Time_InAZone_IsPlacedThere(string zone) =>
        AssertTime(new ImportArguments { TimeZone = zone }, "2026-07-01 12:00", "2026-07-01T10:00:00");

    [Fact]
    public void TimeZones_EveryNameOfWindows_IsKnown() =>
        Assert.All(TimeZones.WindowsNames, name => Assert.NotNull(TimeZones.Find(name)));

    [Theory]
    [InlineData("a b", "a b")]
    [InlineData(" a\t", "a")]
    [InlineData("\u00a0\u200ba\u200b\ufeff ", "a")]
    [InlineData("\u3000é\u3000", "é")]
    [InlineData(" \u200b ", "")]
    [InlineData("👩\u200d👩", "👩\u200d👩")]
    [InlineData("", "")]
    public void Trim_WhiteSpaceAndWhatLooksLikeIt_IsLeftOutAtBothEnds(string text, string expected)
    {
        Assert.Equal(expected, Encoding.UTF8.GetString(TextRules.Trim(Encoding.UTF8.GetBytes(text))));
        Assert.Equal(expected, TextRules.Trim(text));
    }

    [Theory]
    [InlineData("a b", "a b")]
    [InlineData("a  b", "a b")]
    [InlineData("a\r\n\tb\u00a0c", "a b c")]
    public void Collapse_RunsOfWhiteSpace_BecomeOneBlank(string text, string expected) => Assert.Equal(expected, TextRules.Collapse(text));

    [Theory]
    [InlineData("abcdef", 3, "abc")]
    [InlineData("ab cd", 3, "ab")]
    [InlineData("a😀b", 2, "a")]
    public void Cut_LongText_EndsWithAWholeCharacter(string text, int length, string expected) => Assert.Equal(expected, TextRules.Cut(text, length));

    private static void AssertTime(ImportArguments arguments, string text, string expected)
    {
        Assert.True(TryRead(arguments, text, ValueKind.Text, out var moment, out var reason), reason);
        Assert.Equal(DateTime.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), moment.UtcDateTime);
    }

    private static bool TryRead(ImportArguments arguments, string text, ValueKind kind, out DateTimeOffset moment, out string reason) =>
        new TimeReader(MemoryImport.Options(arguments).Times).TryRead(new RawValue(kind, Encoding.UTF8.GetBytes(text)), out moment, out reason);

    private static bool TryRead(string text, string? sign, out decimal number, out string? currency, out string? reason) =>
        NumberText.TryRead(
            new RawValue(ValueKind.Text, Encoding.UTF8.GetBytes(text)), MemoryImport.Options(new ImportArguments { Decimal = sign }).Decimal,
            out number, out currency, out reason);
}
