namespace RecoService.Api.Tests.Wire;

/// <summary>A clock that stands still and reads without a lock, which FakeTimeProvider takes: the throughput of imports is measured with it.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public FixedTime()
        : this(Now)
    {
    }

    public override DateTimeOffset GetUtcNow() => now;
}
