using System.Buffers;
using System.Numerics.Tensors;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Filtering;

/// <summary>Leaves out what a placement's own filter does not hold for. While the catalogue's types forbid the filter it leaves out everything: to show what was not meant to be shown is worse than an empty list.</summary>
/// <param name="text">A filter expression.</param>
/// <param name="filters">Of the same catalogue.</param>
internal sealed class PlacementFilter(string text, FilterCache filters) : IItemFilter
{
    public Absence Absence => Absence.PlacementFilter;

    public void Block(in RequestContext context, Span<ulong> blocked)
    {
        if (filters.Get(text, UnknownFields.AreMissing).Filter is { } filter)
            Block(filter, context, blocked);
        else
            blocked.Fill(ulong.MaxValue);
    }

    /// <summary>Sets the bits of the items that a filter does not hold for.</summary>
    public static void Block(CompiledFilter filter, in RequestContext context, Span<ulong> blocked)
    {
        var rented = ArrayPool<ulong>.Shared.Rent(blocked.Length);
        var wanted = rented.AsSpan(0, blocked.Length);
        filter.Select(context.ForFilters, wanted);
        TensorPrimitives.OnesComplement(wanted, wanted);
        TensorPrimitives.BitwiseOr(blocked, wanted, blocked);
        ArrayPool<ulong>.Shared.Return(rented);
    }
}
