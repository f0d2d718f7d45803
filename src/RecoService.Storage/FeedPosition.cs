using System.Globalization;

namespace RecoService.Storage;

/// <summary>
/// Where a reader of changes stands: after everything in <paramref name="Since"/>. In the middle of a large change it also says
/// what it is reading up to and after which row it goes on, so that memory stays bounded and nothing committed meanwhile is missed.
/// </summary>
/// <param name="Since">A marker.</param>
/// <param name="Until">A marker; null where nothing has been read yet.</param>
/// <param name="Table">Which table; those before it have been read.</param>
/// <param name="Change">Up to this change the table has been read, or up to a row of it.</param>
/// <param name="Tie">With <paramref name="Tie2"/>, the row of the change; -1 after all of them.</param>
internal sealed record FeedPosition(string Since, string? Until, int Table, long Change, long Tie, long Tie2)
{
    private const char Separator = '~';

    public static FeedPosition Parse(string marker, StoreProvider provider)
    {
        var parts = marker.Split(Separator);
        if (!provider.IsMarker(parts[0]))
            throw Unreadable();
        if (parts.Length == 1)
            return new FeedPosition(marker, null, 0, provider.CoveredChange(marker), -1, -1);
        if (parts.Length != 6 || !provider.IsMarker(parts[1]))
            throw Unreadable();
        return new FeedPosition(parts[0], parts[1], (int)Number(parts[2]), Number(parts[3]), Number(parts[4]), Number(parts[5]));
    }

    public override string ToString() => string.Join(Separator, Since, Until, Table, Change, Tie, Tie2);

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Unreadable();

    private static ArgumentException Unreadable() => new("The marker is not one of this store.");
}
