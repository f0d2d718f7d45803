using System.Data.Common;

namespace RecoService.Api.Settings;

/// <summary>Names the store for a log: where it is, and never what opens it.</summary>
internal static class StoreText
{
    /// <summary>What may be shown; a word that is not here might be a secret.</summary>
    private static readonly string[] Shown = ["Host", "Server", "Port", "Database", "DB", "Username", "User ID", "User Name", "UID", "Data Source", "DataSource", "Filename"];

    /// <summary>As <c>Postgres (host=db;database=reco)</c>.</summary>
    public static string Of(StoreSettings settings) => $"{settings.Provider} ({LocationOf(settings.ConnectionString)})";

    /// <summary>Where a connection string leads.</summary>
    public static string LocationOf(string connection)
    {
        if (connection.Contains("://", StringComparison.Ordinal))
            return Uri.TryCreate(connection, UriKind.Absolute, out var address) ? $"{address.Host}{(address.Port > 0 ? $":{address.Port}" : "")}{address.AbsolutePath}" : "an address";
        try
        {
            var words = new DbConnectionStringBuilder { ConnectionString = connection };
            return string.Join(';', words.Keys.Cast<string>().Where(word => Shown.Contains(word, StringComparer.OrdinalIgnoreCase)).Select(word => $"{word}={words[word]}"));
        }
        catch (ArgumentException)
        {
            return "a connection string";
        }
    }
}
