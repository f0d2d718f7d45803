using System.Net;
using RecoService.Api.Commands;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Commands;

/// <summary><c>audit verify</c>, as an operator or a nightly script calls it.</summary>
public sealed class AuditCommandTests
{
    private const string Pepper = "--Reco:Security:Pepper=a pepper of the tests 01";

    private static Task<int> VerifyAsync(TestDatabase database, params string[] words)
    {
        string[] args = ["audit", "verify", .. TestService.DefaultSettings, .. database.Settings, .. words];
        return RecoCommands.Create(args).InvokeAsync(args);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Verify_AfterChangesAndAfterTampering_ExitsAccordingly(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        string head;
        await using (var service = await TestService.StartAsync(database, [Pepper]))
        {
            foreach (var item in new[] { "a", "b", "c" })
                await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{item}", "{}", HttpStatusCode.Created);
            head = (await service.Admin.GetJsonAsync("/admin/audit")).GetProperty("items")[0].GetProperty("hash").GetString()!;
        }

        Assert.Equal(0, await VerifyAsync(database, Pepper));
        Assert.Equal(0, await VerifyAsync(database, Pepper, "--head", head));
        Assert.Equal(1, await VerifyAsync(database, Pepper, "--head", "00"));
        // Another pepper makes other hashes; one that was in use before is still known.
        Assert.Equal(1, await VerifyAsync(database, "--Reco:Security:Pepper=a pepper of the tests 02"));
        Assert.Equal(0, await VerifyAsync(database, "--Reco:Security:Pepper=a pepper of the tests 02", "--Reco:Security:PreviousPeppers:0=a pepper of the tests 01"));

        await database.ExecuteAsync("UPDATE audit_log SET key_name = 'somebody' WHERE subject = '/items/b'");
        Assert.Equal(1, await VerifyAsync(database, Pepper));
    }
}
