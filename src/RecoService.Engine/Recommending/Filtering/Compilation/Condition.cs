using RecoService.Engine.Recommending.Filtering.Selectors;

namespace RecoService.Engine.Recommending.Filtering.Compilation;

/// <summary>A part of a compiled filter, which a request makes a <see cref="Selector"/> of.</summary>
internal abstract class Condition
{
    /// <summary>Whether it is the same for every request.</summary>
    public abstract bool IsFixed { get; }

    public abstract Selector Bind(in FilterContext context);
}

/// <summary>The same for every request.</summary>
internal sealed class FixedCondition(Selector selector) : Condition
{
    public override bool IsFixed => true;

    public override Selector Bind(in FilterContext context) => selector;
}

/// <summary>All of several, or any of them, of which one at least depends on the request.</summary>
internal sealed class JoinCondition(IReadOnlyList<Condition> parts, bool isAll) : Condition
{
    public override bool IsFixed => false;

    public static Condition Of(IReadOnlyList<Condition> parts, bool isAll)
    {
        var join = new JoinCondition(parts, isAll);
        return parts.All(part => part.IsFixed) ? new FixedCondition(join.Bind(default)) : join;
    }

    public override Selector Bind(in FilterContext context)
    {
        var bound = new Selector[parts.Count];
        for (var part = 0; part < bound.Length; part++)
            bound[part] = parts[part].Bind(context);
        return isAll ? new AllSelector(bound) : new AnySelector(bound);
    }
}

/// <summary>What another does not hold for, which depends on the request.</summary>
internal sealed class NotCondition(Condition inner) : Condition
{
    public override bool IsFixed => false;

    public static Condition Of(Condition inner) => inner.IsFixed ? new FixedCondition(new NotSelector(inner.Bind(default))) : new NotCondition(inner);

    public override Selector Bind(in FilterContext context) => new NotSelector(inner.Bind(context));
}
