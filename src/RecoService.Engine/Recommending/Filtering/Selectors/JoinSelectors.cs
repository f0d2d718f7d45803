using System.Numerics.Tensors;

namespace RecoService.Engine.Recommending.Filtering.Selectors;

/// <summary>The items that all parts select.</summary>
internal sealed class AllSelector(IReadOnlyList<Selector> parts) : Selector
{
    public override void Select(int firstWord, Span<ulong> words)
    {
        Span<ulong> more = stackalloc ulong[BlockWords];
        more = more[..words.Length];
        parts[0].Select(firstWord, words);
        for (var part = 1; part < parts.Count && words.ContainsAnyExcept(0UL); part++)
        {
            parts[part].Select(firstWord, more);
            TensorPrimitives.BitwiseAnd(words, more, words);
        }
    }
}

/// <summary>The items that any part selects.</summary>
internal sealed class AnySelector(IReadOnlyList<Selector> parts) : Selector
{
    public static Selector Of(IReadOnlyList<Selector> parts) => parts switch
    {
        [] => ConstantSelector.None,
        [var one] => one,
        _ => new AnySelector(parts),
    };

    public override void Select(int firstWord, Span<ulong> words)
    {
        Span<ulong> more = stackalloc ulong[BlockWords];
        more = more[..words.Length];
        parts[0].Select(firstWord, words);
        for (var part = 1; part < parts.Count && words.ContainsAnyExcept(ulong.MaxValue); part++)
        {
            parts[part].Select(firstWord, more);
            TensorPrimitives.BitwiseOr(words, more, words);
        }
    }
}

/// <summary>The items that another selects not.</summary>
internal sealed class NotSelector(Selector inner) : Selector
{
    public override void Select(int firstWord, Span<ulong> words)
    {
        inner.Select(firstWord, words);
        TensorPrimitives.OnesComplement(words, words);
    }
}
