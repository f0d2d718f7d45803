namespace RecoService.Api.Tests.Documentation;

public sealed class CurlLineTests
{
    private const string Page = """
        Text with `curl http://localhost:5080/not-this`.

        ```
        dotnet run
        curl "http://localhost:5080/a?limit=3"
        curl -i -X POST http://localhost:5080/b -H "Content-Type: application/json" -H 'If-Match: "2"' \
          -d '[{"id":"one"},
               {"id":"two three"}]'
        curl http://localhost:8080/elsewhere
        ```

        ```json
        {"answer": 1}
        ```

        Between.

        ```json
        {"another": 2}
        ```
        """;

    [Fact]
    public void In_BlocksOfAPage_TakesTheirCallsAndTheAnswerThatFollows()
    {
        var lines = CurlLine.In(Page);

        Assert.Equal(2, lines.Count);
        Assert.Null(lines[0].Answer);
        Assert.Equal("{\"answer\": 1}\n", lines[1].Answer);
    }

    [Fact]
    public async Task ToRequest_QuotesAndLines_AreReadAsAShellDoes()
    {
        var service = new Uri("http://127.0.0.1:1234/");
        var lines = CurlLine.In(Page);

        using var get = lines[0].ToRequest(service);
        Assert.Equal((HttpMethod.Get, "http://127.0.0.1:1234/a?limit=3"), (get.Method, get.RequestUri!.ToString()));
        using var post = lines[1].ToRequest(service);
        Assert.Equal((HttpMethod.Post, "http://127.0.0.1:1234/b"), (post.Method, post.RequestUri!.ToString()));
        Assert.Equal("application/json", post.Content!.Headers.ContentType!.ToString());
        Assert.Equal(["\"2\""], post.Headers.GetValues("If-Match"));
        Assert.Equal("[{\"id\":\"one\"},\n       {\"id\":\"two three\"}]", await post.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
