using System.Buffers;
using System.Numerics.Tensors;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Filtering;

/// <summary>Leaves out what the rules that act on the request exclude.</summary>
internal sealed class RuleFilter : IItemFilter
{
    public Absence Absence => Absence.Rule;

    public void Block(in RequestContext context, Span<ulong> blocked)
    {
        if (context.Rules is not { Exclusions.Count: > 0 } rules)
            return;
        var rented = ArrayPool<ulong>.Shared.Rent(blocked.Length);
        var excluded = rented.AsSpan(0, blocked.Length);
        foreach (var (_, items) in rules.Exclusions)
        {
            items.Select(context.ForFilters, excluded);
            TensorPrimitives.BitwiseOr(blocked, excluded, blocked);
        }

        ArrayPool<ulong>.Shared.Return(rented);
    }
}
