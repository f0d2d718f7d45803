using System.Text;
using System.Text.Json;
using RecoService.Api.Wire;

namespace RecoService.Api.Tests.Wire;

public sealed class WireJsonTests
{
    private const string Valid = """[{"userId":"u","itemId":"i","kind":"view","occurredAt":"2026-03-01T12:00:00+01:00","recommendationId":"7d44ff0e-6f4c-4c37-9d3b-0f2f8f5fd2a1"}]""";

    public static TheoryData<string, string, string> BadJson => new()
    {
        { "", "body", "is not valid JSON at line 1, byte 1" },
        { "null", "body", "is null" },
        { "{}", "body", "must be an array" },
        { "[1]", "[0]", "must be an object" },
        { """[{"userId":1}]""", "[0].userId", "must be a string" },
        { """[{},{"value":"4"}]""", "[1].value", "must be a number" },
        { """[{"value":NaN}]""", "[0].value", "is not valid JSON at line 1, byte 11" },
        { """[{"value":"NaN"}]""", "[0].value", "must be a number" },
        { """[{"unitPrice":1e40}]""", "[0].unitPrice", "must be a number within the range of a decimal" },
        { """[{"recommendationId":"7"}]""", "[0].recommendationId", "must be a GUID, as 7d44ff0e-6f4c-4c37-9d3b-0f2f8f5fd2a1" },
        { """[{"occurredAt":"yesterday"}]""", "[0].occurredAt", "must be an ISO 8601 time with a zone, as 2026-03-01T12:00:00Z" },
        { """[{"occurredAt":"2026-03-01T12:00:00"}]""", "[0].occurredAt", "must be an ISO 8601 time with a zone, as 2026-03-01T12:00:00Z" },
        { """[{"occurredAt":1700000000}]""", "[0].occurredAt", "must be an ISO 8601 time with a zone, as 2026-03-01T12:00:00Z" },
        { """[{"userid":"u"}]""", "[0].userid", "is not a known field" },
        { """[{"userId":"u","userId":"v"}]""", "[0].userId", "stands twice" },
        { """[{"userId":"u"},]""", "[1]", "is not valid JSON at line 1, byte 17" },
        { """[{"userId":"u"}] []""", "body", "is not valid JSON at line 1, byte 18" },
        { """[{"userId":"u" // no""", "[0]", "is not valid JSON at line 1, byte 16" },
        { """[{"userId":"\ud800"}]""", "[0].userId", "holds text that is not valid Unicode" },
        { new string('[', 20_000), "[0]", "must be an object" },
        { "[" + string.Concat(Enumerable.Repeat("{\"a\":", 20_000)), "[0].a", "is not a known field" },
    };

    [Theory]
    [MemberData(nameof(BadJson))]
    public async Task ReadAsync_BadJson_NamesFieldAndReason(string json, string field, string reason)
    {
        var problems = new List<FieldProblem>();
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(json));

        Assert.Null(await WireJson.ReadAsync<List<InteractionRequest?>>(body, problems, TestContext.Current.CancellationToken));

        Assert.Equal(new FieldProblem(field, reason), Assert.Single(problems));
    }

    public static TheoryData<string, string, string> BadItems => new()
    {
        { """{"categories":"a"}""", "categories", "must be an array of strings" },
        { """{"categories":["a",1]}""", "categories[1]", "must be a string" },
        { """{"available":"yes"}""", "available", "must be true or false" },
        { """{"price":true}""", "price", "must be a number within the range of a decimal" },
        { """{"title":"a","title":"b"}""", "title", "stands twice" },
        { """{"attributes":{"a":1,"b":{"c":1,"c":2}}}""", "attributes.b.c", "stands twice" },
        { """{"attributes":{"a":[1,2}}""", "attributes", "is not valid JSON at line 1, byte 24" },
        { """{"attributes":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}""", "attributes", "is nested too deeply" },
        { "{\n \"title\": tru }", "title", "is not valid JSON at line 2, byte 14" },
    };

    [Theory]
    [MemberData(nameof(BadItems))]
    public void Read_BadItem_NamesFieldAndReason(string json, string field, string reason)
    {
        var problems = new List<FieldProblem>();

        Assert.Null(WireJson.Read<ItemRequest>(Encoding.UTF8.GetBytes(json), problems));

        var problem = Assert.Single(problems);
        Assert.Equal(reason, problem.Reason);
        Assert.StartsWith(field.Split('.')[0], problem.Field, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"limit":"5"}""")]
    [InlineData("""{"limit":1.5}""")]
    [InlineData("""{"limit":99999999999}""")]
    public void Read_BadWholeNumber_NamesFieldAndReason(string json)
    {
        var problems = new List<FieldProblem>();

        Assert.Null(WireJson.Read<SessionRequest>(Encoding.UTF8.GetBytes(json), problems));

        Assert.Equal(new FieldProblem("limit", "must be a whole number"), Assert.Single(problems));
    }

    /// <summary>Whatever the serializer refuses, the walk finds a reason for, and it blames the syntax only where the text is no JSON.</summary>
    [Fact]
    public void Read_AnyBrokenRequest_HasAReason()
    {
        var random = new Random(7);
        var valid = Encoding.UTF8.GetBytes("""{"title":"a\u00e9","categories":["x","y"],"price":1.5,"available":true,"addedAt":"2026-03-01T12:00:00Z","attributes":{"a":[1,{"b":null}],"c":"d"}}""");
        for (var trial = 0; trial < 5000; trial++)
        {
            var broken = valid.ToArray();
            for (var change = 0; change <= random.Next(3); change++)
                broken[random.Next(broken.Length)] = (byte)"{}[]\",:0aeu\\ \u00ff"[random.Next(14)];
            var problems = new List<FieldProblem>();
            if (WireJson.Read<ItemRequest>(broken, problems) is not null)
                continue;

            var problem = Assert.Single(problems);
            Assert.NotEqual("is not what this field takes", problem.Reason);
            if (IsJson(broken))
                Assert.DoesNotContain("not valid JSON", problem.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ReadAsync_OfAnyLength_ReadsTheWholeBodyWithoutItsMark()
    {
        foreach (var length in new[] { 1, 4000, 4096, 70_000, 300_000 })
        {
            var problems = new List<FieldProblem>();
            var title = new string('x', length);
            using var body = new MemoryStream([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes($$"""{"title":"{{title}}"}""")]);

            var request = await WireJson.ReadAsync<ItemRequest>(body, problems, TestContext.Current.CancellationToken);

            Assert.Empty(problems);
            Assert.Equal(title, request!.Title);
        }
    }

    private static bool IsJson(byte[] text)
    {
        var reader = new Utf8JsonReader(text);
        try
        {
            while (reader.Read())
            {
                // Only the syntax matters.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [Theory]
    [InlineData("[{\"userId\":\"\xff\"}]")]
    [InlineData("[{\"user\xffId\":\"u\"}]")]
    public void Read_BrokenUtf8_IsAProblem(string latin1)
    {
        var problems = new List<FieldProblem>();

        Assert.Null(WireJson.Read<List<InteractionRequest?>>(Encoding.Latin1.GetBytes(latin1), problems));

        Assert.Single(problems);
    }

    [Fact]
    public void Read_Attributes_AreNestedOnlyAsFarAsTheReaderGoes()
    {
        var problems = new List<FieldProblem>();
        var json = "{\"attributes\":" + string.Concat(Enumerable.Repeat("{\"a\":", 20_000));

        Assert.Null(WireJson.Read<ItemRequest>(Encoding.UTF8.GetBytes(json), problems));

        Assert.Contains("nested too deeply", Assert.Single(problems).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_HostileFieldName_IsShownShortAndEscaped()
    {
        var problems = new List<FieldProblem>();
        var json = $$"""{"\u0007{{new string('x', 5_000)}}":1}""";

        Assert.Null(WireJson.Read<ItemRequest>(Encoding.UTF8.GetBytes(json), problems));

        var problem = Assert.Single(problems);
        Assert.True(problem.Field.Length < 200, problem.Field);
        Assert.DoesNotContain('\u0007', problem.Field);
    }

    [Fact]
    public void Read_ValidRequest_HasEveryField()
    {
        var problems = new List<FieldProblem>();

        var request = WireJson.Read<List<InteractionRequest?>>(Encoding.UTF8.GetBytes(Valid), problems);

        Assert.Empty(problems);
        var interaction = Assert.Single(request!)!;
        Assert.Equal(("u", "i", "view"), (interaction.UserId, interaction.ItemId, interaction.Kind));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 11, 0, 0, TimeSpan.Zero), interaction.OccurredAt);
        Assert.Equal(Guid.Parse("7d44ff0e-6f4c-4c37-9d3b-0f2f8f5fd2a1"), interaction.RecommendationId);
    }

    [Fact]
    public void Options_WrittenTime_IsUtc() =>
        Assert.Equal(
            "\"2026-03-01T11:00:00Z\"",
            JsonSerializer.Serialize(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(1)), WireJson.Options));
}
