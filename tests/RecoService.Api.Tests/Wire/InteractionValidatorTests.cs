using RecoService.Api.Wire;
using RecoService.Engine.Data;
using RecoService.Storage;

namespace RecoService.Api.Tests.Wire;

public sealed class InteractionValidatorTests
{
    private const string KnownKinds = "known kinds: view, click, add-to-cart, purchase, like, rating, dislike, return, remove-from-cart";
    private static readonly InteractionRequest Purchase = new() { UserId = "u", ItemId = "i", Kind = "purchase" };
    private static readonly InteractionRequest Rating = new() { UserId = "u", ItemId = "i", Kind = "rating", Value = 4 };

    private static readonly Dictionary<string, (InteractionRequest Request, string Field, string Reason)> Faults = new()
    {
        ["no user"] = (Purchase with { UserId = null }, "userId", "is missing"),
        ["empty item"] = (Purchase with { ItemId = "" }, "itemId", "is empty; 1 to 256 characters are allowed"),
        ["huge id"] = (Purchase with { Id = new string('x', 257) }, "id", "has 257 characters; 1 to 256 are allowed"),
        ["control character"] = (Purchase with { SessionId = "a\tb" }, "sessionId", "holds the control character U+0009 at position 1"),
        ["unpaired surrogate"] = (Purchase with { OrderId = "\ud800" }, "orderId", "holds the unpaired surrogate U+D800 at position 0"),
        ["no kind"] = (Purchase with { Kind = null }, "kind", $"is missing; {KnownKinds}"),
        ["unknown kind"] = (Purchase with { Kind = "Purchase\n" }, "kind", $"'Purchase\\u000A' is unknown; {KnownKinds}"),
        ["no rating"] = (Rating with { Value = null }, "value", "is missing; a rating is 0.5 to 5"),
        ["rating too low"] = (Rating with { Value = 0.4 }, "value", "is off the rating scale of 0.5 to 5"),
        ["rating too high"] = (Rating with { Value = 5.01 }, "value", "is off the rating scale of 0.5 to 5"),
        ["NaN rating"] = (Rating with { Value = double.NaN }, "value", "is off the rating scale of 0.5 to 5"),
        ["infinite value"] = (Purchase with { Value = double.PositiveInfinity }, "value", "must be a number between -1000000000 and 1000000000"),
        ["NaN value"] = (Purchase with { Value = double.NaN }, "value", "must be a number between -1000000000 and 1000000000"),
        ["zero quantity"] = (Purchase with { Quantity = 0 }, "quantity", "must be above 0 and at most 1000000000"),
        ["NaN quantity"] = (Purchase with { Quantity = double.NaN }, "quantity", "must be above 0 and at most 1000000000"),
        ["attributes that are no object"] = (Purchase with { Attributes = System.Text.Json.JsonElement.Parse("[1]") }, "attributes", "must be a JSON object"),
        ["attributes that are too long"] = (Purchase with { Attributes = System.Text.Json.JsonElement.Parse($$"""{"a":"{{new string('x', 17_000)}}"}""") }, "attributes", "has 17008 bytes of JSON; at most 16384 are allowed"),
        ["negative price"] = (Purchase with { UnitPrice = -0.01m }, "unitPrice", "must be 0 to 999999999999"),
        ["price beyond the column"] = (Purchase with { UnitPrice = 1_000_000_000_000m }, "unitPrice", "must be 0 to 999999999999"),
        ["ancient"] = (Purchase with { OccurredAt = new(1969, 12, 31, 23, 59, 59, TimeSpan.Zero) }, "occurredAt", "lies before 1970-01-01"),
        ["future"] = (Purchase with { OccurredAt = FixedTime.Now.AddHours(24).AddSeconds(1) }, "occurredAt", "lies more than 24 hours ahead"),
    };

    private readonly InteractionValidator validator = new(InteractionKinds.Default, new WireLimits(), new FixedTime());

    public static TheoryData<string> FaultNames => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(FaultNames))]
    public void Validate_OneFault_NamesFieldAndReason(string fault)
    {
        var (request, field, reason) = Faults[fault];
        var problems = new List<FieldProblem>();

        Assert.Null(validator.Validate(request, "[3]", problems));

        Assert.Equal([new FieldProblem($"[3].{field}", reason)], problems);
    }

    [Fact]
    public void Validate_SeveralFaults_NamesThemAll()
    {
        var problems = new List<FieldProblem>();

        Assert.Null(validator.Validate(new InteractionRequest { Quantity = -1 }, "", problems));

        Assert.Equal(["userId", "itemId", "kind", "quantity"], problems.Select(problem => problem.Field));
    }

    [Fact]
    public void Validate_Null_IsAProblemOfThatPlace()
    {
        var problems = new List<FieldProblem>();

        Assert.Null(validator.Validate(request: null, "[7]", problems));

        Assert.Equal("[7]", Assert.Single(problems).Field);
    }

    [Fact]
    public void Validate_EarlierProblemsOfOthers_DoNotCount()
    {
        var problems = new List<FieldProblem> { new("[0].userId", "is missing") };

        Assert.NotNull(validator.Validate(Purchase, "[1]", problems));
    }

    [Fact]
    public void Validate_FullInteraction_KeepsEveryField()
    {
        var recommendation = Guid.Parse("7d44ff0e-6f4c-4c37-9d3b-0f2f8f5fd2a1");
        var occurredAt = new DateTimeOffset(2026, 3, 1, 13, 0, 0, TimeSpan.FromHours(1));
        var problems = new List<FieldProblem>();

        var interaction = validator.Validate(
            Purchase with
            {
                Id = " 1 ",
                Value = -2,
                OccurredAt = occurredAt,
                SessionId = "s",
                OrderId = "o",
                Quantity = 2.5,
                UnitPrice = 1.23456789m,
                RecommendationId = recommendation,
            },
            "",
            problems);

        Assert.Empty(problems);
        Assert.Equal(
            new NewInteraction
            {
                Id = " 1 ",
                UserId = "u",
                ItemId = "i",
                KindIndex = 3,
                Value = -2,
                OccurredAt = occurredAt.ToUniversalTime(),
                SessionId = "s",
                OrderId = "o",
                Quantity = 2.5,
                UnitPrice = 1.234568m,
                RecommendationId = recommendation,
            },
            interaction);
        Assert.Equal(TimeSpan.Zero, interaction!.OccurredAt!.Value.Offset);
    }

    [Fact]
    public void Validate_TimesAtTheEdges_AreAccepted()
    {
        var problems = new List<FieldProblem>();

        Assert.NotNull(validator.Validate(Purchase with { OccurredAt = DateTimeOffset.UnixEpoch }, "", problems));
        Assert.NotNull(validator.Validate(Purchase with { OccurredAt = FixedTime.Now.AddHours(24) }, "", problems));
    }

    [Theory]
    [InlineData("value")]
    [InlineData("quantity")]
    public void Validate_JsonNumberBeyondADouble_IsRefused(string field)
    {
        var problems = new List<FieldProblem>();
        var json = $$"""{"userId":"u","itemId":"i","kind":"view","{{field}}":1e999}""";

        var request = WireJson.Read<InteractionRequest>(System.Text.Encoding.UTF8.GetBytes(json), problems);
        if (request is not null)
            Assert.Null(validator.Validate(request, "", problems));

        Assert.Equal(field, Assert.Single(problems).Field);
    }

    [Fact]
    public void ValidateRating_OnTheScale_IsARating()
    {
        var problems = new List<FieldProblem>();

        var rating = validator.ValidateRating("u", "i", new RatingRequest { Value = 0.5 }, problems);

        Assert.Equal((InteractionKinds.Default.RatingIndex, 0.5), (rating!.KindIndex, rating.Value));
        Assert.Null(validator.ValidateRating("u", "i", new RatingRequest(), problems));
        Assert.Equal("value", Assert.Single(problems).Field);
    }
}
