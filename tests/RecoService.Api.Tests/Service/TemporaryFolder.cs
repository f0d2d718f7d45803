namespace RecoService.Api.Tests.Service;

/// <summary>A folder of one test, which goes with all that is in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("reco-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
