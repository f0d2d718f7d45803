using RecoService.Engine.Data;

namespace RecoService.Engine.Recommending.Histories;

/// <summary>A user's events in arrays of their own, as <see cref="UserEvents"/> describes them.</summary>
internal sealed record EventColumns(int[] Items, byte[] KindIndexes, float[] Values, long[] Times)
{
    public static EventColumns None { get; } = new([], [], [], []);

    /// <summary>Those that count by the rule of the kinds that undo, oldest first; of one time in an order that does not depend on their arrival.</summary>
    /// <param name="kinds">Say what undoes what.</param>
    /// <param name="all">In any order.</param>
    /// <param name="limit">The newest so many are kept.</param>
    public static EventColumns Of(InteractionKinds kinds, LiveInteraction[] all, int limit)
    {
        var counts = new bool[all.Length];
        Undoing.Mark(
            kinds, Array.ConvertAll(all, one => one.ItemIndex), Array.ConvertAll(all, one => one.KindIndex), Array.ConvertAll(all, one => one.Time), counts);
        LiveInteraction[] counting = [.. all.Where((_, position) => counts[position])];
        Array.Sort(counting, (left, right) => (left.Time, left.ItemIndex, left.KindIndex, left.Value).CompareTo((right.Time, right.ItemIndex, right.KindIndex, right.Value)));
        var newest = counting.AsSpan(Math.Max(0, counting.Length - limit)).ToArray();
        return new EventColumns(
            Array.ConvertAll(newest, one => one.ItemIndex), Array.ConvertAll(newest, one => one.KindIndex), Array.ConvertAll(newest, one => one.Value), Array.ConvertAll(newest, one => one.Time));
    }

    public UserEvents ToEvents() => new(Items, KindIndexes, Values, Times);
}
