using RecoService.Api.Wire;

namespace RecoService.Api.Tests.Wire;

public sealed class NearNameTests
{
    private static readonly string[] Known = ["cursor", "limit", "map", "skipInvalid"];

    [Theory]
    [InlineData("limits", "limit")]
    [InlineData("limt", "limit")]
    [InlineData("LIMIT", "limit")]
    [InlineData("cusror", "cursor")]
    [InlineData("skip-invalid", "skipInvalid")]
    [InlineData("maps", "map")]
    [InlineData("n", null)]
    [InlineData("", null)]
    [InlineData("category", null)]
    [InlineData("exclude", null)]
    public void Of_AName_IsTheNearestKnownOrNone(string name, string? expected) => Assert.Equal(expected, NearName.Of(name, Known));

    [Fact]
    public void Of_AVeryLongName_IsNoneWithoutLooking() => Assert.Null(NearName.Of(new string('l', 65), [new string('l', 66)]));

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("flaw", "lawn", 2)]
    [InlineData("same", "same", 0)]
    public void Distance_OfTwoWords_IsLevenshteins(string left, string right, int expected) => Assert.Equal(expected, NearName.Distance(left, right));
}
