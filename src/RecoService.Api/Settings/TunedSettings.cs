using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace RecoService.Api.Settings;

/// <summary>The file of settings that <c>tune</c> writes; the service and all commands read it from the working directory when it is there.</summary>
internal static class TunedSettings
{
    public const string FileName = "reco.json";

    /// <summary>Adds the file above the settings files beside the program, and below environment variables and the command line.</summary>
    /// <exception cref="InvalidSettingsException">The file is not JSON, or no object.</exception>
    public static void AddTunedSettings(this ConfigurationManager configuration)
    {
        var sources = ((IConfigurationBuilder)configuration).Sources;
        var last = sources.Select((source, position) => source is JsonConfigurationSource ? position : -1).DefaultIfEmpty(-1).Max();
        var file = new JsonConfigurationSource { FileProvider = new PhysicalFileProvider(Directory.GetCurrentDirectory()), Path = FileName, Optional = true };
        try
        {
            sources.Insert(last + 1, file);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidSettingsException([$"{Path.GetFullPath(FileName)}: {exception.GetBaseException().Message}"]);
        }
    }
}
