namespace RecoService.Engine.Tests;

/// <summary>Public data sets that lie beside the checkout, in ../shared/data; they are no part of the repository.</summary>
internal static class SharedData
{
    /// <summary>The folder of one data set; skips the calling test where it is absent.</summary>
    public static string FolderOrSkip(string name)
    {
        var checkout = new DirectoryInfo(AppContext.BaseDirectory);
        while (checkout is not null && !File.Exists(Path.Combine(checkout.FullName, "RecoService.sln")))
            checkout = checkout.Parent;
        var folder = checkout is null ? null : Path.GetFullPath(Path.Combine(checkout.FullName, "..", "shared", "data", name));
        if (!Directory.Exists(folder))
            Assert.Skip($"The data set '{name}' is not there: {folder ?? "no checkout found"}.");
        return folder!;
    }
}
