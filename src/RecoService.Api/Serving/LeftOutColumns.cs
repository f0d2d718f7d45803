using RecoService.Api.Settings;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Api.Serving;

/// <summary>Says what of the items has no column because it exceeds a bound, in words an operator acts on.</summary>
internal sealed partial class LeftOutColumns(CatalogueSettings settings, ILogger<LeftOutColumns> logger)
{
    /// <summary>States may come and go with ever other names.</summary>
    private const int MostLogged = 1000;

    private const int MostNamed = 5;

    private readonly Lock gate = new();
    private readonly HashSet<LeftOutColumn> logged = [];

    /// <summary>Writes a line for each that this process has written none for.</summary>
    public void Log(CatalogueColumns columns)
    {
        if (columns.LeftOut.Count == 0)
            return;
        lock (gate)
        {
            foreach (var column in columns.LeftOut)
            {
                if (logged.Count < MostLogged && logged.Add(column))
                    LogLeftOut(Describe(column));
            }
        }
    }

    /// <summary>One line about all of them; null where there are none.</summary>
    public string? Summary(CatalogueColumns columns)
    {
        var leftOut = columns.LeftOut;
        if (leftOut.Count == 0)
            return null;
        var named = string.Join(" ", leftOut.Take(MostNamed).Select(Describe));
        return leftOut.Count > MostNamed ? $"{named} And {leftOut.Count - MostNamed} more." : named;
    }

    private string Describe(LeftOutColumn column)
    {
        var what = column.Name is { } name ? $"The attribute {WireText.Quote(name)}, as a {column.Type.ToString().ToLowerInvariant()}, has no column" : "The categories have no column";
        return $"{what}: {ReasonOf(column.Reason)}.";
    }

    private string ReasonOf(LeftOutReason reason) => reason switch
    {
        LeftOutReason.TooManyAttributes => $"there are more than {settings.MaxAttributes} attributes (Reco:Catalogue:MaxAttributes)",
        LeftOutReason.TooManyTexts => $"there are more than {settings.MaxDistinctValues} distinct texts (Reco:Catalogue:MaxDistinctValues)",
        LeftOutReason.ListTooLong => $"an item has a list of more than {settings.MaxListLength} entries (Reco:Catalogue:MaxListLength)",
        _ => $"a text is longer than {settings.MaxTextLength} characters (Reco:Catalogue:MaxTextLength)",
    };

    [LoggerMessage(LogLevel.Warning, "{Reason} Items are served all the same; raise the bound, or leave it at that.")]
    private partial void LogLeftOut(string reason);
}
