namespace RecoService.Storage;

/// <summary>The store cannot be used as it is configured, and waiting does not help. The message names the setting and says what to do, in one line without a secret.</summary>
public sealed class StorageConfigurationException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How messages name the setting.</summary>
    internal const string ConnectionStringSetting = "Reco:Storage:ConnectionString";
}
