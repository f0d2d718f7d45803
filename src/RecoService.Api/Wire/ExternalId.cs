namespace RecoService.Api.Wire;

/// <summary>The shop's own ids: opaque strings, compared ordinally, never trimmed.</summary>
internal static class ExternalId
{
    public const int DefaultMaxLength = 256;

    /// <summary>Null, or why this is no id.</summary>
    public static string? Problem(string? id, int maxLength = DefaultMaxLength) =>
        id is null ? "is missing" : WireText.Problem(id, maxLength);
}
