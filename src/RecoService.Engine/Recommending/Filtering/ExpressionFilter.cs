using System.Buffers;
using System.Numerics.Tensors;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Filtering;

/// <summary>Leaves out what the request's filter does not hold for, before anything is retrieved: what few items are left are all found.</summary>
internal sealed class ExpressionFilter : IItemFilter
{
    public void Block(in RequestContext context, Span<ulong> blocked)
    {
        if (context.Filter is not { } filter)
            return;
        var rented = ArrayPool<ulong>.Shared.Rent(blocked.Length);
        var wanted = rented.AsSpan(0, blocked.Length);
        filter.Select(new FilterContext { CurrentItems = context.CurrentItems }, wanted);
        TensorPrimitives.OnesComplement(wanted, wanted);
        TensorPrimitives.BitwiseOr(blocked, wanted, blocked);
        ArrayPool<ulong>.Shared.Return(rented);
    }
}
