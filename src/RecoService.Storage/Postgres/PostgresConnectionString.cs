using System.Data.Common;
using System.Text.RegularExpressions;
using Npgsql;

namespace RecoService.Storage.Postgres;

/// <summary>Reads a connection string of either form: words (<c>Host=...;Database=...</c>), or a URL as libpq reads it (<c>postgres://user:password@host:5432/database?sslmode=require</c>).</summary>
internal static partial class PostgresConnectionString
{
    private const string Setting = StorageConfigurationException.ConnectionStringSetting;

    /// <summary>What libpq calls otherwise than the driver.</summary>
    private static readonly Dictionary<string, string> UrlParameters = new(StringComparer.OrdinalIgnoreCase)
    {
        ["host"] = "Host",
        ["hostaddr"] = "Host",
        ["port"] = "Port",
        ["dbname"] = "Database",
        ["user"] = "Username",
        ["password"] = "Password",
        ["passfile"] = "Passfile",
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password",
        ["channel_binding"] = "Channel Binding",
        ["application_name"] = "Application Name",
        ["connect_timeout"] = "Timeout",
        ["options"] = "Options",
        ["client_encoding"] = "Client Encoding",
        ["target_session_attrs"] = "Target Session Attributes",
        ["load_balance_hosts"] = "Load Balance Hosts",
    };

    /// <param name="text">As it is configured.</param>
    /// <param name="saysAutoPrepare">It gives Max Auto Prepare.</param>
    /// <exception cref="StorageConfigurationException">It cannot be read, or names no server.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text, out bool saysAutoPrepare)
    {
        var words = IsUrl(text) ? ReadUrl(text.Trim()) : ReadWords(text);
        saysAutoPrepare = words.Exists(word => Normal(word.Name) == "maxautoprepare");
        var connection = new NpgsqlConnectionStringBuilder();
        var afterPassword = false;
        foreach (var (name, value) in words)
        {
            Set(connection, name, value, afterPassword);
            afterPassword |= Normal(name) is "password" or "pwd" or "psw";
        }

        if (string.IsNullOrWhiteSpace(connection.Host))
            throw new StorageConfigurationException($"{Setting} names no server. Give Host=...;Database=...;Username=... or postgres://user:password@host:5432/database.");
        return connection;
    }

    public static bool IsUrl(string text) => UrlScheme().IsMatch(text);

    private static List<(string Name, string Value)> ReadWords(string text)
    {
        try
        {
            // The base class keeps names as they are written; the driver's would refuse the first that it does not know with whatever stands there.
            var words = new DbConnectionStringBuilder { ConnectionString = text };
            return [.. words.Keys.Cast<string>().Select(name => (name, (string)words[name]))];
        }
        catch (ArgumentException)
        {
            throw new StorageConfigurationException($"{Setting} cannot be read. It is a list of Name=value with ';' between them, or a URL postgres://...; a value that holds ';' or '=' stands in quotes.");
        }
    }

    private static List<(string Name, string Value)> ReadUrl(string text)
    {
        var match = Url().Match(text);
        var hosts = match.Groups["hosts"].Value.Split(',');
        if (!match.Success || (hosts is not [""] && !Array.TrueForAll(hosts, host => OneHost().IsMatch(host))))
            throw new StorageConfigurationException($"{Setting} is no URL of the form postgres://user:password@host:5432/database?sslmode=require. In names and passwords '@', ':', '/', '?', '#' and '%' are written as %40, %3A, %2F, %3F, %23 and %25.");

        var words = new List<(string, string)>();
        Add("Username", match.Groups["user"]);
        Add("Password", match.Groups["password"]);
        Add("Host", match.Groups["hosts"]);
        Add("Database", match.Groups["database"]);
        // The driver reads the ports of several hosts beside them, and that of one host by itself.
        if (words.FindIndex(word => word.Item1 == "Host") is >= 0 and var position && OneHost().Match(words[position].Item2) is { Success: true } one)
        {
            words[position] = ("Host", one.Groups["host"].Value);
            if (one.Groups["port"].Success)
                words.Add(("Port", one.Groups["port"].Value));
        }

        foreach (var parameter in match.Groups["query"].Value.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = parameter.Split('=', 2);
            var name = Uri.UnescapeDataString(parts[0]);
            var value = parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : "";
            words.Add((UrlParameters.GetValueOrDefault(name, name), Normal(name) == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value));
        }

        return words;

        void Add(string name, Group group)
        {
            if (group.Success && group.Length > 0)
                words.Add((name, Uri.UnescapeDataString(group.Value)));
        }
    }

    private static void Set(NpgsqlConnectionStringBuilder connection, string name, string value, bool afterPassword)
    {
        var isKnown = true;
        try
        {
            isKnown = connection.ContainsKey(name);
            connection[name] = value;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or InvalidCastException or NotSupportedException or KeyNotFoundException)
        {
            if (isKnown)
                throw new StorageConfigurationException($"{Setting}: the value of '{name}' is not one that it can have.", e);
            // What follows a password may be the rest of it.
            throw new StorageConfigurationException(afterPassword
                ? $"{Setting}: a word behind the password is not known. A password that holds ';' or '=' stands in quotes: Password='...'."
                : $"{Setting}: '{name}' is not a word of a PostgreSQL connection string; known are Host, Port, Database, Username, Password, SSL Mode and those of the driver, Npgsql."
                    + (Normal(name) is "datasource" or "filename" ? " For a file set Reco:Storage:Provider=Sqlite." : ""), e);
        }
    }

    private static string Normal(string name) => name.Replace(" ", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    [GeneratedRegex(@"^\s*postgres(ql)?://", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex UrlScheme();

    [GeneratedRegex(
        @"^[a-z]+://((?<user>[^:@/?#]*)(:(?<password>[^@/?#]*))?@)?(?<hosts>[^/?#]*)(/(?<database>[^?#]*))?(\?(?<query>[^#]*))?$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Url();

    [GeneratedRegex(@"^(\[(?<host>[0-9a-fA-F:.%]+)\]|(?<host>[^:,@]+))(:(?<port>[0-9]+))?$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex OneHost();
}
