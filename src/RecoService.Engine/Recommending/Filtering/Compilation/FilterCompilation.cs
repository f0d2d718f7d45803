using RecoService.Engine.Recommending.Filtering.Expressions;

namespace RecoService.Engine.Recommending.Filtering.Compilation;

/// <summary>What becomes of a field that no item has had a value of.</summary>
public enum UnknownFields
{
    /// <summary>The expression is refused, for it is a slip most likely.</summary>
    AreErrors,

    /// <summary>Its value is missing, of every item. For stored expressions, which were checked once and are to outlive what they name.</summary>
    AreMissing,
}

/// <summary>A compiled filter, or why there is none.</summary>
/// <param name="Filter">Null where there is an error.</param>
/// <param name="Error">Null where there is none.</param>
public readonly record struct FilterCompilation(CompiledFilter? Filter, FilterError? Error);
