using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Api.Settings;

/// <summary>Bounds the memory of what is known of the items, beside the store. What is beyond is left out there until the state is built anew, and said in the log and
/// in <c>/admin/status</c>; items are served all the same.</summary>
public sealed class CatalogueSettings
{
    /// <summary>The most names of attributes; further ones are left out. Default 64.</summary>
    [Range(0, 10_000)]
    public int MaxAttributes { get; set; } = 64;

    /// <summary>The most distinct texts that the items have at one time in an attribute, or in their categories; with more it is left out. Default 50,000.</summary>
    [Range(1, 10_000_000)]
    public int MaxDistinctValues { get; set; } = 50_000;

    /// <summary>The most entries of a list; an attribute with a longer one is left out, and so are the categories. Default 100.</summary>
    [Range(1, 1000)]
    public int MaxListLength { get; set; } = 100;

    /// <summary>The longest text, in characters; an attribute with a longer one is left out, and so are the categories. Default 256.</summary>
    [Range(1, 10_000)]
    public int MaxTextLength { get; set; } = 256;

    internal CatalogueLimits ToLimits() => new() { Attributes = MaxAttributes, DistinctTexts = MaxDistinctValues, ListLength = MaxListLength, TextLength = MaxTextLength };
}
