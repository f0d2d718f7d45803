namespace RecoService.Api.Settings;

/// <summary>A setting whose value nobody is shown.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;
