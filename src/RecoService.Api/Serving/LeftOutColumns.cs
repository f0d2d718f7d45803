using RecoService.Api.Settings;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Api.Serving;

/// <summary>Says what of the items and of the users has no column because it exceeds a bound, in words an operator acts on.</summary>
internal sealed partial class LeftOutColumns(CatalogueSettings settings, ILogger<LeftOutColumns> logger)
{
    /// <summary>States may come and go with ever other names.</summary>
    private const int MostLogged = 1000;

    private const int MostNamed = 5;

    private readonly Lock gate = new();
    private readonly HashSet<(bool OfUsers, LeftOutColumn Column)> logged = [];

    /// <summary>Writes a line for each that this process has written none for.</summary>
    public void Log(ServingState state)
    {
        lock (gate)
        {
            foreach (var column in Of(state))
            {
                if (logged.Count < MostLogged && logged.Add(column))
                    LogLeftOut(Describe(column));
            }
        }
    }

    /// <summary>One line about all of them; null where there are none.</summary>
    public string? Summary(ServingState state)
    {
        var leftOut = Of(state);
        if (leftOut.Count == 0)
            return null;
        var named = string.Join(" ", leftOut.Take(MostNamed).Select(Describe));
        return leftOut.Count > MostNamed ? $"{named} And {leftOut.Count - MostNamed} more." : named;
    }

    private static List<(bool OfUsers, LeftOutColumn Column)> Of(ServingState state) =>
        [.. state.Catalogue.Columns.LeftOut.Select(column => (false, column)), .. state.UserAttributes.LeftOut.Select(column => (true, column))];

    private string Describe((bool OfUsers, LeftOutColumn Column) leftOut)
    {
        var (ofUsers, column) = leftOut;
        var what = column.Name is { } name
            ? $"The attribute {WireText.Quote(name)}{(ofUsers ? " of users" : "")}, as a {column.Type.ToString().ToLowerInvariant()}, has no column"
            : "The categories have no column";
        return $"{what}: {ReasonOf(column.Reason)}.";
    }

    private string ReasonOf(LeftOutReason reason) => reason switch
    {
        LeftOutReason.TooManyAttributes => $"there are more than {settings.MaxAttributes} attributes (Reco:Catalogue:MaxAttributes)",
        LeftOutReason.TooManyTexts => $"there are more than {settings.MaxDistinctValues} distinct texts (Reco:Catalogue:MaxDistinctValues)",
        LeftOutReason.ListTooLong => $"there is a list of more than {settings.MaxListLength} entries (Reco:Catalogue:MaxListLength)",
        _ => $"a text is longer than {settings.MaxTextLength} characters (Reco:Catalogue:MaxTextLength)",
    };

    [LoggerMessage(LogLevel.Warning, "{Reason} Lists are served all the same; raise the bound, or leave it at that.")]
    private partial void LogLeftOut(string reason);
}
