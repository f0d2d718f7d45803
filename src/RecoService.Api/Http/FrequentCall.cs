namespace RecoService.Api.Http;

/// <summary>A call that comes with every page of the shop, or with every look of a probe: of those that go well the log has a sample.</summary>
internal sealed class FrequentCall
{
    private FrequentCall()
    {
    }

    public static FrequentCall Instance { get; } = new();
}

internal static class FrequentCalls
{
    public static TBuilder MarkFrequent<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(FrequentCall.Instance);
}
