using RecoService.Engine.Training;

namespace RecoService.Engine.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void Engine_References_NeitherWebNorDatabaseNorItsOwnUsers()
    {
        var references = typeof(ITrainer).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!).ToArray();

        Assert.Contains("System.Runtime", references);
        string[] forbidden = ["Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "Microsoft.Extensions", "Npgsql", "RecoService."];
        Assert.DoesNotContain(references, reference => forbidden.Any(prefix => reference.StartsWith(prefix, StringComparison.Ordinal)));
    }
}
