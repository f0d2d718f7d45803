using System.Collections.Concurrent;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Expressions;

namespace RecoService.Engine.Recommending.Filtering.Compilation;

/// <summary>
/// The filters of one live catalogue by their text, so that each text is parsed and compiled once. Of more texts than it holds the one that was asked for least
/// recently leaves. Any number of threads may ask; a text that is there takes no lock. Errors are not kept.
/// </summary>
public sealed class FilterCache
{
    private readonly ConcurrentDictionary<Key, Entry> entries = new();
    private readonly Lock gate = new();
    private readonly CatalogueColumns columns;
    private readonly IItemIds items;
    private readonly FilterLimits? limits;
    private readonly int capacity;
    private long clock;

    /// <param name="columns">Of the catalogue.</param>
    /// <param name="items">Its ids.</param>
    /// <param name="limits">Of expressions; null for the defaults.</param>
    /// <param name="capacity">The most filters, at least 1. Each keeps a bit per item.</param>
    public FilterCache(CatalogueColumns columns, IItemIds items, FilterLimits? limits = null, int capacity = 256)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        (this.columns, this.items, this.limits, this.capacity) = (columns, items, limits, capacity);
    }

    /// <summary>How many filters are kept now.</summary>
    public int Count => entries.Count;

    /// <summary>The filter of a text, for the columns that the catalogue has now.</summary>
    /// <param name="text">An expression.</param>
    /// <param name="unknownFields">What becomes of names that no item has.</param>
    public FilterCompilation Get(string text, UnknownFields unknownFields = UnknownFields.AreErrors)
    {
        var key = new Key(text, unknownFields);
        if (entries.TryGetValue(key, out var known) && !known.Filter.IsOutdated)
        {
            // Who asks for the same text again and again writes nothing.
            if (Volatile.Read(ref known.LastAsked) != Volatile.Read(ref clock))
                Volatile.Write(ref known.LastAsked, Interlocked.Increment(ref clock));
            return new FilterCompilation(known.Filter, null);
        }

        var expression = known?.Filter.Expression;
        if (expression is null)
        {
            (expression, var error) = FilterParser.Parse(text, limits);
            if (expression is null)
                return new FilterCompilation(null, error);
        }

        var compilation = FilterCompiler.Compile(expression, columns, items, unknownFields);
        if (compilation.Filter is { } filter)
            Keep(key, new Entry(filter));
        else
            entries.TryRemove(key, out _);
        return compilation;
    }

    private void Keep(Key key, Entry entry)
    {
        lock (gate)
        {
            entry.LastAsked = Interlocked.Increment(ref clock);
            entries[key] = entry;
            while (entries.Count > capacity)
                entries.TryRemove(entries.MinBy(pair => Volatile.Read(ref pair.Value.LastAsked)).Key, out _);
        }
    }

    private readonly record struct Key(string Text, UnknownFields UnknownFields);

    private sealed class Entry(CompiledFilter filter)
    {
        public long LastAsked;

        public CompiledFilter Filter => filter;
    }
}
