using System.Runtime.CompilerServices;

namespace RecoService.Engine.Computing;

/// <summary>
/// What one run has made and somebody still uses, by what it was made from, so that it is made once however many use it. It keeps nothing alive: what nobody holds any more
/// can be collected, and is made again when it is asked for. Thread-safe; two who ask at once may both make it, and both get the first.
/// </summary>
public sealed class RunMemo
{
    private readonly Lock gate = new();
    private readonly ConditionalWeakTable<object, Dictionary<string, WeakReference>> madeOf = [];

    /// <param name="source">What it is made from: this very object.</param>
    /// <param name="recipe">How it is made from that; the same text stands for the same thing.</param>
    /// <param name="make">Makes it; an exception is the caller's and is not remembered.</param>
    public T GetOrMake<T>(object source, string recipe, Func<T> make)
        where T : class
    {
        if (Find(source, recipe) is T known)
            return known;
        var made = make();
        lock (gate)
        {
            var ofSource = madeOf.GetOrCreateValue(source);
            if (ofSource.TryGetValue(recipe, out var other) && other.Target is T first)
                return first;
            ofSource[recipe] = new WeakReference(made);
            return made;
        }
    }

    private object? Find(object source, string recipe)
    {
        lock (gate)
            return madeOf.TryGetValue(source, out var ofSource) && ofSource.TryGetValue(recipe, out var known) ? known.Target : null;
    }
}
