using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Api.Settings;

/// <summary>Bounds of what each replica keeps in memory of the items. What exceeds a bound is left out there until the state is built anew; the log and <c>/admin/status</c> say
/// so, and the items are served all the same.</summary>
public sealed class CatalogueSettings
{
    /// <summary>Names of attributes. Further ones are left out.</summary>
    [Range(0, 10_000)]
    public int MaxAttributes { get; set; } = 64;

    /// <summary>Distinct texts that the items have at one time in an attribute, or in their categories. With more the attribute is left out, or the categories are.</summary>
    [Range(1, 10_000_000)]
    public int MaxDistinctValues { get; set; } = 50_000;

    /// <summary>Entries of a list. An attribute with a longer list is left out, and so are the categories.</summary>
    [Range(1, 1000)]
    public int MaxListLength { get; set; } = 100;

    /// <summary>Characters of a text. An attribute with a longer text is left out, and so are the categories.</summary>
    [Range(1, 10_000)]
    public int MaxTextLength { get; set; } = 256;

    /// <summary>Whether titles and addresses of images stay in memory, so that lists can show them (<c>include=title</c>) and reasons name items by title. They take some hundred bytes an item.</summary>
    public bool KeepTitles { get; set; } = true;

    internal CatalogueLimits ToLimits() => new() { KeepsTitles = KeepTitles, Attributes = MaxAttributes, DistinctTexts = MaxDistinctValues, ListLength = MaxListLength, TextLength = MaxTextLength };
}
