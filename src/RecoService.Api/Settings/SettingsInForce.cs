using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using RecoService.Engine.Training;

namespace RecoService.Api.Settings;

/// <param name="Key">Its full name, as <c>Reco:Limits:MaxRequestBytes</c>.</param>
/// <param name="Value">In force, as a configuration writes it; <c>***</c> for a secret; null: it has none.</param>
/// <param name="Default">Without any configuration; null: none.</param>
/// <param name="Source">default, file, environment, command-line or other.</param>
/// <param name="File">The file's name where it comes from one; else null.</param>
internal sealed record SettingInForce(string Key, string? Value, string? Default, string Source, string? File);

/// <summary>Every setting as it is in force, and where it comes from.</summary>
internal sealed class SettingsInForce(IConfigurationRoot configuration)
{
    public const string FromDefault = "default";

    private const string Hidden = "***";

    private readonly IConfigurationProvider[] providers = [.. configuration.Providers.Reverse()];

    /// <summary>In the order of the classes that declare them.</summary>
    public IEnumerable<SettingInForce> Of(RecoSettings settings) => OfObject("Reco", settings, new RecoSettings());

    private IEnumerable<SettingInForce> OfObject(string path, object current, object fallback) =>
        current.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).SelectMany(property => OfProperty($"{path}:{property.Name}", property, current, fallback));

    private IEnumerable<SettingInForce> OfProperty(string path, PropertyInfo property, object current, object fallback)
    {
        var (value, standard) = (property.GetValue(current), property.GetValue(fallback));
        if (property.IsDefined(typeof(OptionsByTrainerNameAttribute)))
            return configuration.GetSection(path).AsEnumerable().Where(pair => !string.IsNullOrEmpty(pair.Value)).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => Setting(pair.Key, Shown(pair.Value, null), null));
        return value switch
        {
            string or null => [Setting(path, Shown(value, property), Shown(standard, property))],
            IDictionary dictionary => configuration.GetSection(path).GetChildren().Where(child => dictionary.Contains(child.Key)).SelectMany(child => OfElement(child.Path, dictionary[child.Key]!, property)),
            IList list => configuration.GetSection(path).GetChildren().Zip(list.Cast<object>()).SelectMany(pair => OfElement(pair.First.Path, pair.Second, property)),
            _ when property.PropertyType.Namespace == typeof(RecoSettings).Namespace && !property.PropertyType.IsEnum => OfObject(path, value, standard!),
            _ => [Setting(path, Shown(value, property), Shown(standard, property))],
        };
    }

    private IEnumerable<SettingInForce> OfElement(string path, object element, PropertyInfo property) =>
        element is string ? [Setting(path, Shown(element, property), null)] : OfObject(path, element, Activator.CreateInstance(element.GetType())!);

    private SettingInForce Setting(string key, string? value, string? standard)
    {
        // An empty value means "not set", whatever stands below it.
        var provider = Array.Find(providers, provider => provider.TryGet(key, out _));
        if (provider is null || !provider.TryGet(key, out var text) || string.IsNullOrEmpty(text))
            return new SettingInForce(key, value, standard, FromDefault, null);
        return provider switch
        {
            JsonConfigurationProvider json => new SettingInForce(key, value, standard, "file", Path.GetFileName(json.Source.Path)),
            EnvironmentVariablesConfigurationProvider => new SettingInForce(key, value, standard, "environment", null),
            CommandLineConfigurationProvider => new SettingInForce(key, value, standard, "command-line", null),
            _ => new SettingInForce(key, value, standard, "other", null),
        };
    }

    private static string? Shown(object? value, PropertyInfo? property)
    {
        var text = value switch
        {
            null => null,
            bool flag => flag ? "true" : "false",
            TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString(),
        };
        return string.IsNullOrEmpty(text) ? text
            : property?.GetCustomAttribute<SecretAttribute>() is not { } secret ? WithoutUser(text)
            : secret.IsAddress ? StoreText.LocationOf(text)
            : Hidden;
    }

    /// <summary>An address may hold a name and a password.</summary>
    private static string WithoutUser(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.UserInfo.Length > 0 ? text.Replace(address.UserInfo + "@", Hidden + "@", StringComparison.Ordinal) : text;
}
