namespace RecoService.WebConsole;

/// <summary>Marks an endpoint as the console's.</summary>
public sealed class ConsolePage
{
    internal static readonly ConsolePage Marker = new();

    private ConsolePage()
    {
    }
}
