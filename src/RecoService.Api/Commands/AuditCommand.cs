using System.CommandLine;
using RecoService.Api.Hosting;

namespace RecoService.Api.Commands;

/// <summary>Looks through the audit log for entries that are not as they were written.</summary>
internal static class AuditCommand
{
    public static Command Create(Func<string[]> configuration)
    {
        var head = new Option<string?>("--head") { Description = "A hash that was printed before: it must still stand in the log." };
        var verify = new Command("verify", "Exit with 0 when no entry of the audit log was changed, removed or moved since it was written, with 1 otherwise. Prints the hash of the last entry, to be kept elsewhere.") { head };
        verify.SetAction((result, ct) => VerifyAsync(configuration(), result.GetValue(head), ct));
        return new Command("audit", "What admins changed.") { verify };
    }

    private static async Task<int> VerifyAsync(string[] args, string? head, CancellationToken cancellationToken)
    {
        await using var app = RecoApplication.CreateBuilder(["--Serilog:MinimumLevel:Default=Warning", .. args]).Build();
        var log = app.DefaultShop().Store.Audit;
        var found = await log.VerifyAsync(cancellationToken);
        if (found.Fault is { } fault)
        {
            await Console.Error.WriteLineAsync(fault.What);
            return 1;
        }

        if (head is not null && !await log.HoldsAsync(head, cancellationToken))
        {
            await Console.Error.WriteLineAsync($"No entry has the hash {head}: what was written up to then was replaced, or is forgotten by age.");
            return 1;
        }

        Console.WriteLine($"{found.Entries} entries are as they were written{(found.Unchained == 0 ? "" : $"; {found.Unchained} of an earlier version have no hash")}. Last entry: {found.Position} {found.Head}");
        return 0;
    }
}
