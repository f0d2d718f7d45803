using System.CommandLine;
using RecoService.Api.Hosting;
using RecoService.Api.Settings;

namespace RecoService.Api.Commands;

/// <summary>Draws keys for the configuration, which then need not hold them.</summary>
internal static class KeysCommand
{
    public static Command Create(Func<string[]> configuration)
    {
        var make = new Command("new", "Draw a key. The first line is the key, for who calls; the second its hash, for KeyHash under Reco:Security:ApiKeys. With a pepper in the settings it is made with that.");
        make.SetAction(async (_, _) =>
        {
            await using var app = RecoApplication.CreateBuilder(["--Serilog:MinimumLevel:Default=Warning", .. configuration()]).Build();
            var key = KeyHashes.NewKey();
            Console.WriteLine(key);
            Console.WriteLine(KeyHashes.Of(key, app.Services.GetRequiredService<RecoSettings>().Security.Peppers));
            return 0;
        });
        return new Command("keys", "API keys.") { make };
    }
}
