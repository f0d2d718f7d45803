using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;
using RecoService.Api.Tests.Architecture;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.OpenApi;

/// <summary>
/// Clients generated from the OpenAPI document, as their users would: strict, without a cast, and working. The samples beside this file are those users.
/// TypeScript and the linter need Node.js and the packages of Clients/package.json; RECO_REQUIRE_NODE=1 turns a skipped test into a failure.
/// </summary>
public sealed class GeneratedClientTests(DemoServices services) : IClassFixture<DemoServices>
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "RecoService.Api.Tests", "OpenApi", "Clients");

    private async Task<TestService> ServiceAsync()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        await Wait.UntilAsync(async () => (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("modelVersion").ValueKind != JsonValueKind.Null, "the first model is published");
        return service;
    }

    [Fact]
    public async Task CSharpClient_GeneratedAndCompiledStrictly_Works()
    {
        var service = await ServiceAsync();
        var document = await OpenApiDocument.FromJsonAsync(await service.Anonymous.GetStringAsync("/swagger/v1/swagger.json"));
        var settings = new CSharpClientGeneratorSettings { ClassName = "RecoClient", UseBaseUrl = false, InjectHttpClient = true, GenerateOptionalParameters = true };
        settings.CSharpGeneratorSettings.Namespace = "Shop.Generated";
        settings.CSharpGeneratorSettings.JsonLibrary = CSharpJsonLibrary.SystemTextJson;
        settings.CSharpGeneratorSettings.GenerateNullableReferenceTypes = true;
        var client = new CSharpClientGenerator(document, settings).GenerateFile();
        var sample = await File.ReadAllTextAsync(Path.Combine(Folder, "StorefrontSample.cs"));

        var assembly = Compile(client, sample);
        var run = assembly.GetType("Shop.StorefrontSample", throwOnError: true)!.GetMethod("RunAsync")!.CreateDelegate<Func<HttpClient, Task<string>>>();

        Assert.Equal("3 1 1 True True True [0].kind", await run(service.Admin));
    }

    [Fact]
    public async Task TypeScriptClient_GeneratedAndCompiledStrictly_Works()
    {
        var service = await ServiceAsync();
        using var work = await NodeFolderAsync(service);
        await RunNodeAsync(work.Path, "openapi-typescript/bin/cli.js", "swagger.json", "-o", "schema.ts");
        await RunNodeAsync(work.Path, "typescript/bin/tsc", "--project", "tsconfig.json");

        var output = await RunNodeAsync(work.Path, null, "storefront.js", service.Address.ToString().TrimEnd('/'), TestService.AdminKey);

        var said = JsonElement.Parse(output);
        Assert.Equal((3, 1, 1), (said.GetProperty("shown").GetInt32(), said.GetProperty("version").GetInt32(), said.GetProperty("accepted").GetInt32()));
        Assert.True(said.GetProperty("ndcg").GetDouble() > 0);
        Assert.NotEqual(0, said.GetProperty("options").GetArrayLength());
        Assert.Equal("[0].kind", said.GetProperty("fields")[0].GetString());
    }

    [Fact]
    public async Task Linter_RecommendedRules_HaveNothingToSay()
    {
        using var work = await NodeFolderAsync(await ServiceAsync());

        var output = await RunNodeAsync(work.Path, "@redocly/cli/bin/cli.js", "lint", "swagger.json", "--extends=recommended-strict", "--format=summary");

        Assert.DoesNotContain("error", output, StringComparison.Ordinal);
    }

    private static Assembly Compile(params string[] sources)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "netstandard.dll" or "mscorlib.dll" or "Microsoft.CSharp.dll")
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Shop", sources.Select(source => CSharpSyntaxTree.ParseText(source)), references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, generalDiagnosticOption: ReportDiagnostic.Error));
        using var bytes = new MemoryStream();
        var result = compilation.Emit(bytes);
        Assert.True(result.Success, string.Join(Environment.NewLine, result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Take(20)));
        bytes.Position = 0;
        return new AssemblyLoadContext("Shop", isCollectible: true).LoadFromStream(bytes);
    }

    /// <summary>A folder of its own with the sample, the document and the installed packages; the test is skipped where they are not.</summary>
    private static async Task<TemporaryFolder> NodeFolderAsync(TestService service)
    {
        var packages = Path.Combine(Folder, "node_modules");
        if (!Directory.Exists(packages))
        {
            if (Environment.GetEnvironmentVariable("RECO_REQUIRE_NODE") == "1")
                Assert.Fail($"RECO_REQUIRE_NODE is set, and {packages} is not there; run npm ci in {Folder}.");
            Assert.Skip($"The packages of the TypeScript client are not installed; run npm ci in {Folder}.");
        }

        var folder = new TemporaryFolder();
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "node_modules"), packages);
        foreach (var name in (string[])["package.json", "tsconfig.json", "storefront.ts"])
            File.Copy(Path.Combine(Folder, name), Path.Combine(folder.Path, name));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "swagger.json"), await service.Anonymous.GetStringAsync("/swagger/v1/swagger.json"));
        return folder;
    }

    /// <param name="folder">Where it runs.</param>
    /// <param name="program">Of an installed package; null where the first argument is the program.</param>
    /// <param name="arguments">For it.</param>
    /// <returns>What it printed; it must end well.</returns>
    private static async Task<string> RunNodeAsync(string folder, string? program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("node", program is null ? arguments : [Path.Combine("node_modules", program), .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["REDOCLY_TELEMETRY"] = "off", ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true" },
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        Assert.True(process.ExitCode == 0, $"{program ?? arguments[0]} ended with {process.ExitCode}: {await output}{await errors}");
        return await output;
    }
}
