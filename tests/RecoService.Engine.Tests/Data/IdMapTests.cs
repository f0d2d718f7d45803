using RecoService.Engine.Data;

namespace RecoService.Engine.Tests.Data;

public sealed class IdMapTests
{
    [Fact]
    public void TryGetIndex_KnownId_GivesItsPlace()
    {
        var map = new IdMap(["b", "a", "ä"]);
        Assert.Equal(3, map.Count);
        for (var index = 0; index < map.Count; index++)
        {
            Assert.True(map.TryGetIndex(map[index], out var found));
            Assert.Equal(index, found);
        }
    }

    [Theory]
    [InlineData("A")]
    [InlineData("a ")]
    [InlineData("a\u0308")]
    [InlineData("")]
    public void TryGetIndex_OtherId_IsFalse(string id) => Assert.False(new IdMap(["a", "ä"]).TryGetIndex(id, out _));

    [Fact]
    public void Constructor_IdTwice_Throws() => Assert.Throws<ArgumentException>(() => new IdMap(["a", "a"]));
}
