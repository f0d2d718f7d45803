namespace RecoService.Api.Settings;

/// <summary>A setting whose value nobody is shown.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute
{
    /// <summary>Whether it is a connection string, of which the place is shown and nothing else.</summary>
    public bool IsAddress { get; init; }
}
