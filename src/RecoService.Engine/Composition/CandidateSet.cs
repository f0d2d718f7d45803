using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Composition;

/// <summary>
/// The candidates of one user: what the parts of a model propose, each item once, with what every part says of it. A workspace that the next user's candidates use
/// again, so that candidates cost no allocation. Not thread-safe.
/// </summary>
/// <param name="itemCount">|I|.</param>
public sealed class CandidateSet(int itemCount)
{
    private readonly int[] positions = [.. Enumerable.Repeat(-1, itemCount)];
    private readonly TopK pool = new(0);
    private int[] proposed = [];
    private float[] proposedScores = [];
    private int[] items = [];
    private float[] columns = [];
    private float[] scores = [];
    private float[] features = [];
    private ScoreScale[] scales = [];
    private bool[] isScaled = [];

    /// <summary>parts x |I|, of the parts that score everything at once.</summary>
    private float[]?[] everything = [];

    /// <summary>How many candidates there are.</summary>
    public int Count { get; private set; }

    /// <summary>The candidates, in no order.</summary>
    public ReadOnlySpan<int> Items => items.AsSpan(0, Count);

    /// <summary>The ranker's score of each candidate.</summary>
    public Span<float> Scores => scores.AsSpan(0, Count);

    /// <summary>The ranker's score of an item; NaN for one that no part has proposed.</summary>
    public float this[int item] => positions[item] < 0 ? float.NaN : scores[positions[item]];

    /// <summary>What a part says of each candidate, exactly; NaN where it knows nothing.</summary>
    /// <param name="part">Its place among the parts.</param>
    public ReadOnlySpan<float> Column(int part) => ColumnOf(part);

    /// <summary>The same on the part's <see cref="ScoreScale"/> for the user; 0 where it knows nothing. It stands in the column's place from then on.</summary>
    /// <param name="part">Its place among the parts.</param>
    public ReadOnlySpan<float> ScaledColumn(int part)
    {
        var column = ColumnOf(part);
        if (!isScaled[part])
            scales[part].Scale(column);
        isScaled[part] = true;
        return column;
    }

    /// <summary>By how much <see cref="ScaledColumn"/> rises where the part's score rises by 1; 0 where all that it found score alike.</summary>
    /// <param name="part">Its place among the parts.</param>
    public float SlopeOf(int part) => scales[part].Highest > scales[part].Lowest ? 1 / (scales[part].Highest - scales[part].Lowest) : 0;

    /// <summary>Room for a ranker: so many numbers per candidate, of any value.</summary>
    public Span<float> Features(int width)
    {
        if (features.Length < width * Count)
            features = new float[width * scores.Length];
        return features.AsSpan(0, width * Count);
    }

    /// <summary>Offers every candidate with its score.</summary>
    public void OfferTo(TopK best)
    {
        for (var position = 0; position < Count; position++)
            best.Offer(items[position], scores[position]);
    }

    /// <summary>Makes the candidates those that the parts propose.</summary>
    /// <param name="parts">At least one.</param>
    /// <param name="user">Who is asked about.</param>
    /// <param name="blocked">A bit per item index, set = leave out; bits beyond its end count as unset.</param>
    /// <param name="count">How many of its best items each part proposes, at least 1; <paramref name="depth"/> or more.</param>
    /// <param name="depth">How many of these set a part's scale.</param>
    /// <param name="exactly">Whether a part may propose some more, where that is faster.</param>
    internal void Retrieve(IReadOnlyList<ModelPart> parts, in UserHistory user, ReadOnlySpan<ulong> blocked, int count, int depth, bool exactly)
    {
        Begin(parts.Count);
        var some = 0;
        for (var part = 0; part < parts.Count; part++)
        {
            some = !exactly && parts[part].Model is IFullScorer full
                ? ProposeOfAll(part, full, user, blocked, count)
                : Propose(part, parts[part].Model, user, blocked, exactly ? count : count + Math.Min(count, UnblockedCount(user.Items, blocked)), depth);
            for (var position = 0; position < some; position++)
                Add(proposed[position]);
        }

        EnsureRoom(parts.Count);
        if (exactly && parts.Count == 1)
            proposedScores.AsSpan(0, some).CopyTo(ColumnOf(0));
        else
            FillColumns(parts, user, exactly);
    }

    /// <summary>Makes the candidates any items, with what the parts say of them; they have no scale.</summary>
    internal void Assign(IReadOnlyList<ModelPart> parts, in UserHistory user, ReadOnlySpan<int> asked)
    {
        Begin(parts.Count);
        if (items.Length < asked.Length)
            items = new int[asked.Length];
        asked.CopyTo(items);
        Count = asked.Length;
        EnsureRoom(parts.Count);
        FillColumns(parts, user, exactly: true);
    }

    /// <summary>What a model proposes beside the candidates, best first; valid until the next call.</summary>
    internal ReadOnlySpan<int> RetrieveBeside(IScorer model, in UserHistory user, ReadOnlySpan<ulong> blocked, int count, out ReadOnlySpan<float> itsScores)
    {
        var some = Drain(model, user, blocked, Math.Min(count, itemCount));
        itsScores = proposedScores.AsSpan(0, some);
        return proposed.AsSpan(0, some);
    }

    private Span<float> ColumnOf(int part) => columns.AsSpan(part * Count, Count);

    private int Propose(int part, IScorer model, in UserHistory user, ReadOnlySpan<ulong> blocked, int count, int depth)
    {
        var some = Drain(model, user, blocked, Math.Min(count, itemCount));
        // Items of the history do not set the scale, so as many more are asked for as may come back.
        scales[part] = ScoreScale.Of(proposed.AsSpan(0, some), proposedScores.AsSpan(0, some), user.Items, depth);
        return some;
    }

    private int Drain(IScorer model, in UserHistory user, ReadOnlySpan<ulong> blocked, int count)
    {
        pool.Resize(count);
        if (proposed.Length < count)
            proposed = new int[count];
        if (proposedScores.Length < count)
            proposedScores = new float[count];
        model.Retrieve(user, blocked, pool);
        return pool.Drain(proposed, proposedScores);
    }

    private int ProposeOfAll(int part, IFullScorer model, in UserHistory user, ReadOnlySpan<ulong> blocked, int count)
    {
        var all = everything[part] ??= new float[itemCount];
        model.ScoreAll(user, all);
        if (proposed.Length < itemCount)
            proposed = new int[itemCount];
        var some = BestOfAll.Collect(all, Math.Min(itemCount, count + Math.Min(count, user.Items.Length)), blocked, proposed);
        scales[part] = ScoreScale.OfUnordered(proposed.AsSpan(0, some), all, user.Items);
        return some;
    }

    private void FillColumns(IReadOnlyList<ModelPart> parts, in UserHistory user, bool exactly)
    {
        for (var part = 0; part < parts.Count; part++)
        {
            if (exactly || parts[part].Model is not IFullScorer)
                parts[part].Model.Score(user, Items, ColumnOf(part));
            else
                Gather(everything[part]!, ColumnOf(part));
        }
    }

    private void Gather(ReadOnlySpan<float> all, Span<float> column)
    {
        for (var position = 0; position < column.Length; position++)
            column[position] = all[items[position]] is not 0 and var score ? score : float.NaN;
    }

    private static int UnblockedCount(ReadOnlySpan<int> history, ReadOnlySpan<ulong> blocked)
    {
        var unblocked = 0;
        foreach (var item in history)
            unblocked += Bits.IsSet(blocked, item) ? 0 : 1;
        return unblocked;
    }

    private void Add(int item)
    {
        if (positions[item] >= 0)
            return;
        if (Count == items.Length)
            Array.Resize(ref items, Math.Max(2 * items.Length, 64));
        positions[item] = Count;
        items[Count++] = item;
    }

    private void EnsureRoom(int partCount)
    {
        if (scores.Length < Count)
            scores = new float[items.Length];
        if (columns.Length < partCount * Count)
            columns = new float[partCount * items.Length];
    }

    private void Begin(int partCount)
    {
        foreach (var item in Items)
            positions[item] = -1;
        Count = 0;
        if (scales.Length < partCount)
            (scales, isScaled, everything) = (new ScoreScale[partCount], new bool[partCount], new float[partCount][]);
        isScaled.AsSpan().Clear();
    }
}
