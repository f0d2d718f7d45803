using RecoService.Api.Wire;

namespace RecoService.Api.Tests.Wire;

public sealed class ExternalIdTests
{
    [Theory]
    [InlineData("1")]
    [InlineData(" padded ")]
    [InlineData("a/b%2Fc+d")]
    [InlineData("'; DROP TABLE items; --")]
    [InlineData("Ünï-中文-🙂")]
    public void Problem_OpaqueText_IsAccepted(string id) => Assert.Null(ExternalId.Problem(id));

    [Theory]
    [InlineData(null, "is missing")]
    [InlineData("", "is empty; 1 to 256 characters are allowed")]
    [InlineData("a\0b", "holds the control character U+0000 at position 1")]
    [InlineData("a\u007f", "holds the control character U+007F at position 1")]
    [InlineData("\u0085", "holds the control character U+0085 at position 0")]
    [InlineData("line\nend", "holds the control character U+000A at position 4")]
    public void Problem_BadText_SaysWhy(string? id, string reason) => Assert.Equal(reason, ExternalId.Problem(id));

    [Fact]
    public void Problem_UnpairedSurrogates_AreRefused()
    {
        // Built here: an attribute's metadata is UTF-8 and could not hold them.
        Assert.Equal("holds the unpaired surrogate U+D83D at position 1", ExternalId.Problem("a\ud83d"));
        Assert.Equal("holds the unpaired surrogate U+DE42 at position 0", ExternalId.Problem("\ude42a"));
        Assert.Equal("holds the unpaired surrogate U+D83D at position 0", ExternalId.Problem("\ud83d\ud83d\ude42"));
    }

    [Fact]
    public void Problem_AtAndAboveTheLength_IsAcceptedAndRefused()
    {
        Assert.Null(ExternalId.Problem(new string('x', 256)));
        Assert.Equal("has 257 characters; 1 to 256 are allowed", ExternalId.Problem(new string('x', 257)));
        Assert.NotNull(ExternalId.Problem("abcd", maxLength: 3));
    }

    [Fact]
    public void Quote_HostileText_IsShortAndPrintable()
    {
        Assert.Equal("'a\\u0000\\u001B\\u202E'", WireText.Quote("a\0\u001b\u202e"));
        Assert.Equal("'\\uD83D'", WireText.Quote("\ud83d"));
        Assert.Equal($"'{new string('x', 50)}…'", WireText.Quote(new string('x', 10_000_000)));
    }
}
