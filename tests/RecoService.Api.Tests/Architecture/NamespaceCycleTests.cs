namespace RecoService.Api.Tests.Architecture;

/// <summary>Every room can be read after those it uses: no namespace uses, by whatever way, one that uses it.</summary>
public sealed class NamespaceCycleTests
{
    [Theory]
    [InlineData("RecoService.Api")]
    [InlineData("RecoService.Engine")]
    public void Namespaces_OfAProject_UseEachOtherOneWayOnly(string project) =>
        Assert.Empty(new NamespaceDependencies(Repository.Load(project).Location).Rings());

    [Fact]
    public void Rings_OfTheseTests_AreFound() =>
        Assert.Contains(new NamespaceDependencies(typeof(NamespaceCycleTests).Assembly.Location).Rings(), use => use.Contains(nameof(RingSample.Left), StringComparison.Ordinal));
}
