using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace RecoService.WebConsole.Assets;

/// <summary>The style sheet and the script, embedded in the assembly. Their addresses change with what is in them, so browsers keep them for good.</summary>
internal static class AssetFiles
{
    private const string Folder = "assets/";
    private const int VersionLength = 12;

    private static readonly FrozenDictionary<string, Asset> Files = Read();

    /// <summary>Relative to the service.</summary>
    public static string AddressOf(string name) => $"console/assets/{name}?v={Files[name].Version}";

    /// <summary>What is in a text.</summary>
    public static string TextOf(string name) => System.Text.Encoding.UTF8.GetString(Files[name].Bytes);

    public static IResult Get(string name, HttpResponse response)
    {
        if (!Files.TryGetValue(name, out var asset))
            return Results.NotFound();
        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(asset.Bytes, asset.ContentType, entityTag: new EntityTagHeaderValue($"\"{asset.Version}\""));
    }

    private static FrozenDictionary<string, Asset> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).ToFrozenDictionary(name => name[Folder.Length..], name =>
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var type = Path.GetExtension(name) switch { ".css" => "text/css; charset=utf-8", ".js" => "text/javascript; charset=utf-8", ".svg" => "image/svg+xml", _ => "application/octet-stream" };
            return new Asset(bytes, type, Convert.ToHexStringLower(SHA256.HashData(bytes))[..VersionLength]);
        }, StringComparer.Ordinal);
    }

    private sealed record Asset(byte[] Bytes, string ContentType, string Version);
}
