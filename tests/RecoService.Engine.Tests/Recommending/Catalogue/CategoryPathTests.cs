using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Tests.Recommending.Catalogue;

public sealed class CategoryPathTests
{
    [Theory]
    [InlineData("Home", "Home", true)]
    [InlineData("Home > Kitchen", "Home", true)]
    [InlineData("Home>Kitchen  >Pans", "Home > Kitchen", true)]
    [InlineData("Home > Kitchen > Pans", " Home>Kitchen>Pans ", true)]
    [InlineData("Home", "Home > Kitchen", false)]
    [InlineData("Homeware > Kitchen", "Home", false)]
    [InlineData("Garden > Home", "Home", false)]
    [InlineData("home", "Home", false)]
    [InlineData("", "", true)]
    [InlineData("Home >", "Home", true)]
    [InlineData("Home", "Home >", false)]
    public void IsWithin_Paths_GoByWholeNames(string category, string path, bool isWithin) => Assert.Equal(isWithin, CategoryPath.IsWithin(category, path));

    [Theory]
    [InlineData("Home", "Home")]
    [InlineData("Home>Kitchen  >Pans", "Home|Home > Kitchen|Home > Kitchen > Pans")]
    [InlineData(" Home > Kitchen ", "Home|Home > Kitchen")]
    [InlineData("", "")]
    public void WithThoseAbove_Category_IsWithinEachOfThem(string category, string expected)
    {
        var paths = CategoryPath.WithThoseAbove(category);

        Assert.Equal(expected.Split('|'), paths);
        Assert.All(paths, path => Assert.True(CategoryPath.IsWithin(category, path)));
    }
}
