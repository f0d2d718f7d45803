namespace RecoService.Api.Tests.Documentation;

public sealed class GeneratedTextTests
{
    private const string Page = "# Page\n<!-- generated: one -->\nold\n<!-- end -->\nbetween\n<!-- generated: two -->\n<!-- end -->\nlast\n";

    [Fact]
    public void With_PartOfAPage_ReplacesThatAlone()
    {
        Assert.Equal("# Page\n<!-- generated: one -->\nnew\nlines\n<!-- end -->\nbetween\n<!-- generated: two -->\n<!-- end -->\nlast\n", GeneratedText.With(Page, "one", "new\nlines\n"));
        Assert.Equal("# Page\n<!-- generated: one -->\nold\n<!-- end -->\nbetween\n<!-- generated: two -->\nnew\n<!-- end -->\nlast\n", GeneratedText.With(Page, "two", "new"));
    }

    [Fact]
    public void With_PartThatIsNotThere_IsRefused() =>
        Assert.Throws<ArgumentException>(() => GeneratedText.With(Page, "three", "text"));
}
