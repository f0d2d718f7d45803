using System.Runtime.InteropServices;

namespace RecoService.MlNet.Tests;

internal static class LightGbmLibrary
{
    public static void SkipWithout() => Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "LightGBM's library exists for x64 alone.");
}
