using RecoService.Engine.Data;

namespace RecoService.Engine.Tests.Data;

public sealed class KeyMapTests
{
    [Fact]
    public void TryGetIndex_AscendingKeys_FindsExactlyThem()
    {
        var map = KeyMap.FromAscending([-5, 0, 7, int.MaxValue]);
        Assert.Equal(4, map.Count);
        for (var index = 0; index < map.Count; index++)
        {
            Assert.True(map.TryGetIndex(map[index], out var found));
            Assert.Equal(index, found);
        }

        Assert.False(map.TryGetIndex(6, out _));
        Assert.False(map.TryGetIndex(int.MinValue, out _));
    }

    [Fact]
    public void TryGetIndex_EmptyMap_IsFalse() => Assert.False(KeyMap.Empty.TryGetIndex(0, out _));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    public void FromAscending_KeysThatDoNotAscend_Throws(int first, int second) =>
        Assert.Throws<ArgumentException>(() => KeyMap.FromAscending([first, second]));
}
