using System.Globalization;
using RecoService.Api.Wire;

namespace RecoService.Api.Tests.Wire;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z")]
    [InlineData("2026-03-01t12:00:00z", "2026-03-01T12:00:00Z")]
    [InlineData("2026-03-01T12:00Z", "2026-03-01T12:00:00Z")]
    [InlineData("2026-03-01 12:00:00.25+01:00", "2026-03-01T11:00:00.25Z")]
    [InlineData("2026-03-01T12:00:00.123456789-0530", "2026-03-01T17:30:00.1234567Z")]
    [InlineData("2024-02-29T00:00:00+14", "2024-02-28T10:00:00Z")]
    public void TryParseIso_TimeWithZone_IsUtc(string text, string expected)
    {
        Assert.True(TimeText.TryParseIso(text, zone: null, out var moment));
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), moment);
        Assert.Equal(TimeSpan.Zero, moment.Offset);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026")]
    [InlineData("2026-03-01")]
    [InlineData("2026-03-01T12:00:00")]
    [InlineData("2026-02-29T12:00:00Z")]
    [InlineData("2026-13-01T12:00:00Z")]
    [InlineData("2026-03-01T24:00:00Z")]
    [InlineData("2026-03-01T12:60:00Z")]
    [InlineData("2026-03-01T12:00:00.Z")]
    [InlineData("2026-03-01T12:00:00+15:00")]
    [InlineData("2026-03-01T12:00:00Z ")]
    [InlineData("0000-00-00T00:00:00Z")]
    [InlineData("٢٠٢٦-03-01T12:00:00Z")]
    public void TryParseIso_NoSuchTimeOrNoZone_IsRefused(string text) =>
        Assert.False(TimeText.TryParseIso(text, zone: null, out _));

    [Theory]
    [InlineData("2026-01-15 12:00:00", "2026-01-15T12:00:00Z")]
    [InlineData("2026-07-15 12:00:00", "2026-07-15T11:00:00Z")]
    [InlineData("2026-07-15", "2026-07-14T23:00:00Z")]
    [InlineData("2026-10-25 01:30:00", "2026-10-25T00:30:00Z")] // happened twice: the earlier, in summer time
    [InlineData("2026-03-29 01:30:00", "2026-03-29T01:30:00Z")] // skipped: counted on in winter time
    [InlineData("2026-07-15T12:00:00+02:00", "2026-07-15T10:00:00Z")]
    public void TryParseIso_WallClockTime_IsPlacedInTheZone(string text, string expected)
    {
        var london = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");
        Assert.True(TimeText.TryParseIso(text, london, out var moment));
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), moment);
    }
}
