using System.Text;
using System.Text.Json;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Tests.Wire;

public sealed class ItemValidatorTests
{
    private readonly ItemValidator validator = new(new WireLimits(), new FixedTime());
    private readonly UserValidator users = new(new WireLimits());
    private readonly List<FieldProblem> problems = [];

    public static TheoryData<string, string, string> BadItems => new()
    {
        { """{"title":""}""", "title", "is empty" },
        { """{"title":"a\nb"}""", "title", "control character U+000A" },
        { $$"""{"title":"{{new string('x', 501)}}"}""", "title", "has 501 characters" },
        { """{"description":"a\u0000b"}""", "description", "control character U+0000" },
        { $$"""{"description":"{{new string('x', 10_001)}}"}""", "description", "has 10001 characters" },
        { """{"categories":["a",""]}""", "categories[1]", "is empty" },
        { """{"categories":[null]}""", "categories[0]", "is null" },
        { """{"categories":"a"}""", "categories", "must be an array of strings" },
        { $$"""{"categories":[{{string.Join(',', Enumerable.Repeat("\"a\"", 51))}}]}""", "categories", "has 51 entries" },
        { """{"price":-1}""", "price", "must be 0 to" },
        { """{"price":"1"}""", "price", "must be a number" },
        { """{"salePrice":-0.01}""", "salePrice", "must be 0 to" },
        { """{"salePrice":"1"}""", "salePrice", "must be a number" },
        { """{"currency":"eur"}""", "currency", "no ISO 4217 code" },
        { """{"currency":"EURO"}""", "currency", "no ISO 4217 code" },
        { """{"available":"yes"}""", "available", "must be true or false" },
        { """{"addedAt":"1799-12-31T00:00:00Z"}""", "addedAt", "lies before 1800-01-01" },
        { """{"groupId":""}""", "groupId", "is empty" },
        { """{"imageUrl":"/a.jpg"}""", "imageUrl", "no absolute http or https address" },
        { """{"imageUrl":"javascript:alert(1)"}""", "imageUrl", "no absolute http or https address" },
        { """{"imageUrl":"https://a b"}""", "imageUrl", "no absolute http or https address" },
        { """{"consumesForDays":-1}""", "consumesForDays", "must be 0 to 36500" },
        { """{"consumesForDays":36501}""", "consumesForDays", "must be 0 to 36500" },
        { """{"consumesForDays":"30"}""", "consumesForDays", "must be a number" },
        { """{"attributes":[]}""", "attributes", "must be a JSON object" },
        { """{"attributes":{"a":"\ud800"}}""", "attributes", "unpaired surrogate" },
        { """{"attributes":{"\u0000":1}}""", "attributes", "control character U+0000" },
        { """{"attributes":{"a":1e999}}""", "attributes", "beyond the range" },
        { """{"attributes":{"a":1,"a":2}}""", "attributes", "twice" },
        { """{"attributes":{"1":{"2":{"3":{"4":{"5":{"6":{"7":{"8":{}}}}}}}}}}""", "attributes", "nested too deeply" },
        { $$$"""{"attributes":{"a":"{{{new string('x', 16 * 1024)}}}"}}""", "attributes", "at most 16384 are allowed" },
        { """{"colour":"red"}""", "colour", "is not a known field" },
    };

    [Theory]
    [MemberData(nameof(BadItems))]
    public void Validate_OneFault_NamesFieldAndReason(string json, string field, string reason)
    {
        if (WireJson.Read<ItemRequest>(Encoding.UTF8.GetBytes(json), problems) is { } request)
            Assert.Null(validator.Validate(request, "", problems));

        var problem = Assert.Single(problems);
        Assert.StartsWith(field, problem.Field, StringComparison.Ordinal);
        Assert.Contains(reason, problem.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(BadItems))]
    public void ValidatePatch_OneFault_NamesFieldAndReason(string json, string field, string reason)
    {
        Assert.Null(validator.ValidatePatch(JsonElement.Parse(json), problems));

        var problem = Assert.Single(problems);
        Assert.StartsWith(field, problem.Field, StringComparison.Ordinal);
        Assert.Contains(reason, problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_FullItem_KeepsEveryField()
    {
        var record = Full();

        Assert.Empty(problems);
        Assert.Equal(("Mug", "Holds\n350 ml", 12.5m, 9.123457m, "EUR"), (record.Title, record.Description, record.Price, record.SalePrice, record.Currency));
        Assert.Equal(["kitchen", "mugs"], record.Categories);
        Assert.Equal((false, true, "g", "https://shop.example/a.jpg"), (record.Available, record.Hidden, record.GroupId, record.ImageUrl));
        Assert.Equal(FixedTime.Now, record.AddedAt);
        Assert.Equal(30.5, record.ConsumesForDays);
        Assert.Equal("""{"colour":"red","size":{"h":9}}""", record.AttributesJson);
    }

    [Fact]
    public void Validate_EmptyItem_IsAvailable()
    {
        var record = validator.Validate(new ItemRequest(), "", problems)!;

        Assert.True(record.Available);
        Assert.False(record.Hidden);
        Assert.Empty(record.Categories);
    }

    [Fact]
    public void ValidatePatch_MembersGiven_ChangeAndTheRestStays()
    {
        var change = validator.ValidatePatch(
            JsonElement.Parse("""{"title":"Cup","price":null,"salePrice":0,"available":null,"categories":null,"attributes":{"colour":null,"size":{"w":8},"new":[1]}}"""),
            problems)!;

        var changed = change(Full());

        Assert.Empty(problems);
        Assert.Equal(("Cup", null, 0m, true), (changed.Title, changed.Price, changed.SalePrice, changed.Available));
        Assert.Empty(changed.Categories);
        Assert.Equal(("Holds\n350 ml", "EUR", true), (changed.Description, changed.Currency, changed.Hidden));
        Assert.Equal("""{"size":{"h":9,"w":8},"new":[1]}""", changed.AttributesJson);
    }

    [Fact]
    public void ValidatePatch_NoMembers_ChangesNothing()
    {
        var record = Full();

        Assert.Same(record, validator.ValidatePatch(JsonElement.Parse("{}"), problems)!(record));
    }

    [Fact]
    public void ValidatePatch_EveryFieldOfAnItem_IsKnown()
    {
        var names = typeof(ItemRequest).GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));
        var json = $"{{{string.Join(',', names.Select(name => $"\"{name}\":null"))}}}";

        Assert.Equal(new ItemRecord() with { Categories = [] }, validator.ValidatePatch(JsonElement.Parse(json), problems)!(Full()));
    }

    [Fact]
    public void ValidatePatch_MergedAttributesTooLong_Throws()
    {
        var json = $$$"""{"attributes":{"b":"{{{new string('x', 10_000)}}}"}}""";
        var record = new ItemRecord { AttributesJson = $$"""{"a":"{{new string('x', 10_000)}}"}""" };
        var change = validator.ValidatePatch(JsonElement.Parse(json), problems)!;

        var thrown = Assert.Throws<InvalidRequestException>(() => change(record));

        Assert.Equal("attributes", Assert.Single(thrown.Problems).Field);
    }

    // Appendix A of RFC 7396, the cases whose target and patch are objects.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    [InlineData(null, """{"a":1}""", """{"a":1}""")]
    public void ValidatePatch_UserAttributes_MergeAsTheStandardSays(string? stored, string patch, string expected)
    {
        var change = users.ValidatePatch(JsonElement.Parse($$$"""{"attributes":{{{patch}}}}"""), problems)!;

        Assert.Equal(expected, change(stored));
    }

    [Fact]
    public void ValidatePatch_UserAttributesNullOrAbsent_ClearsOrKeeps()
    {
        Assert.Null(users.ValidatePatch(JsonElement.Parse("""{"attributes":null}"""), problems)!("""{"a":1}"""));
        Assert.Equal("{}", users.ValidatePatch(JsonElement.Parse("{}"), problems)!("{}"));
        Assert.Null(users.ValidatePatch(JsonElement.Parse("[]"), problems));
        Assert.Null(users.ValidatePatch(JsonElement.Parse("null"), problems));
        Assert.Equal(2, problems.Count);
    }

    private ItemRecord Full()
    {
        var request = WireJson.Read<ItemRequest>(
            """
            {"title":"Mug","description":"Holds\n350 ml","categories":["kitchen","mugs","kitchen"],"price":12.50,"salePrice":9.1234567,"currency":"EUR","available":false,"hidden":true,
             "addedAt":"2026-03-01T12:00:00Z","groupId":"g","imageUrl":"https://shop.example/a.jpg","consumesForDays":30.5,"attributes":{ "colour": "red", "size": {"h": 9} }}
            """u8,
            problems);
        return validator.Validate(request!, "", problems)!;
    }
}
