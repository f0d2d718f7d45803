using RecoService.Api.Wire;
using RecoService.Engine.Data;

namespace RecoService.Api.Tests.Wire;

public sealed class SessionValidatorTests
{
    private static readonly long Now = FixedTime.Now.ToUnixTimeMilliseconds();

    private readonly SessionValidator validator = new(new InteractionValidator(InteractionKinds.Default, new WireLimits(), new FixedTime()), new WireLimits(), new FixedTime());

    [Fact]
    public void Validate_TimesAheadAndMissing_AreNowAndInTheirOrder()
    {
        var problems = new List<FieldProblem>();

        var session = validator.Validate([At(FixedTime.Now.AddHours(23)), At(null), At(FixedTime.Now.AddMinutes(-1)), At(null)], problems);

        Assert.Empty(problems);
        Assert.Equal([Now, Now - 2, Now - 60_000, Now], session.Select(one => one.Time));
    }

    [Fact]
    public void Validate_MoreThanADayAhead_IsRefused()
    {
        var problems = new List<FieldProblem>();

        Assert.Empty(validator.Validate([At(FixedTime.Now.AddHours(25)), At(null)], problems));

        Assert.Equal("interactions[0].occurredAt lies more than 24 hours ahead", Assert.Single(problems).ToString());
    }

    private static SessionInteractionRequest At(DateTimeOffset? time) => new() { ItemId = "i", Kind = "view", OccurredAt = time };
}
