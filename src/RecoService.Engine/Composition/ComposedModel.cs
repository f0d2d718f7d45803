using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Composition;

/// <summary>
/// A model made of others, as stages: its parts retrieve candidates, a ranker scores their union, and fallbacks fill up with what no part proposes. A hybrid is one whose ranker blends; a
/// second stage is one whose ranker orders the candidates of a single part by features. It does nothing but its stages: what else its parts can do is found by
/// <see cref="ScorerExtensions.Find"/>.
/// </summary>
public sealed class ComposedModel : IComposedScorer, IExplainableScorer, IStored
{
    private readonly Fallback[] lasts;
    private readonly PartContributions explanation;

    /// <param name="parts">What retrieves.</param>
    /// <param name="fallbacks">What fills up, in the order in which they are asked. Of parts and fallbacks there is at least one.</param>
    /// <param name="ranker">What puts the candidates of the parts in order.</param>
    /// <param name="depth">How many of its best items each part proposes, at least 1; a longer list has more of each.</param>
    /// <exception cref="ArgumentException">There is no part, one is over other users or items than the first, or the ranker is for others.</exception>
    public ComposedModel(IReadOnlyList<ModelPart> parts, IReadOnlyList<ModelPart> fallbacks, IRanker ranker, int depth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts.Count + fallbacks.Count, 1, nameof(parts));
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        Retrieving = parts;
        Fallbacks = fallbacks;
        Ranker = ranker;
        Depth = depth;
        Parts = [.. parts.Concat(fallbacks).Select(part => part.Model)];
        Users = Parts[0].Users;
        Items = Parts[0].Items;
        foreach (var part in Parts)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(part.Users.Count, Users.Count, nameof(parts));
            ArgumentOutOfRangeException.ThrowIfNotEqual(part.Items.Count, Items.Count, nameof(parts));
        }

        if (!ranker.Fits(parts.Count, Items.Count))
            throw new ArgumentException("The ranker is for another number of parts or of items.", nameof(ranker));
        Ranked = new RankedRetrieval(Items.Count, parts, ranker, depth);
        explanation = new PartContributions(Ranked, parts, fallbacks);
        lasts = [.. fallbacks.Select((fallback, position) => new Fallback(fallback.Model, position + 1))];
    }

    /// <summary>How these models are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<ComposedModel>("composed", 1, Read);

    public KeyMap Users { get; }

    public KeyMap Items { get; }

    /// <summary>The parts whose candidates are ranked.</summary>
    public IReadOnlyList<ModelPart> Retrieving { get; }

    /// <summary>The parts that fill up, in the order in which they are asked.</summary>
    public IReadOnlyList<ModelPart> Fallbacks { get; }

    /// <summary>What puts the candidates in order.</summary>
    public IRanker Ranker { get; }

    /// <summary>How many of its best items each part proposes.</summary>
    public int Depth { get; }

    /// <summary>Those that retrieve, then the fallbacks.</summary>
    public IReadOnlyList<IScorer> Parts { get; }

    /// <summary>The stages before the fallbacks.</summary>
    internal RankedRetrieval Ranked { get; }

    /// <summary>The stages after those, in their order.</summary>
    internal IReadOnlyList<Fallback> Lasts => lasts;

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        scores = scores[..itemIndexes.Length];
        Ranked.Score(user, itemIndexes, scores);
        foreach (var fallback in lasts)
        {
            if (scores.Contains(float.NaN))
                fallback.FillIn(user, itemIndexes, scores);
        }
    }

    public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var workspace = Ranked.Take();
        var candidates = Ranked.Run(user, blocked, best.Capacity, workspace);
        candidates.OfferTo(best);
        if (lasts.Length > 0 && best.Threshold < lasts[0].Floor + 1)
            FillUp(user, blocked, candidates, workspace, best);
        Ranked.Return(workspace);
    }

    /// <summary>Whether a part can.</summary>
    public bool CanExplain => explanation.CanExplain;

    /// <summary>
    /// Through the parts. Where the ranker adds up what they say (<see cref="IRanker.TrySlopes"/>), a part's contributions are weighed as it weighs the part's score, and a
    /// row sums up to what the parts that can explain add to the item's score. Where it does not, as a second stage does, each part that finds something for the item
    /// has the same share, and a row sums up to 1 at most. What no part knows is explained by the first fallback that does.
    /// </summary>
    public void Contributions(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> contributions, Span<ReasonCode> codes) =>
        explanation.Fill(user, itemIndexes, contributions, codes);

    public bool IsSound() => Ranker.IsSound() && Parts.All(part => part.IsSound());

    public IScorer WithParts(IReadOnlyList<IScorer> parts)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(parts.Count, Parts.Count, nameof(parts));
        var (users, items) = (parts[0].Users, parts[0].Items);
        var isSame = ReferenceEquals(users, Users) && ReferenceEquals(items, Items);
        return new ComposedModel(
            [.. Retrieving.Select((part, position) => part with { Model = parts[position] })],
            [.. Fallbacks.Select((part, position) => part with { Model = parts[Retrieving.Count + position] })],
            isSame ? Ranker : Ranker.Rebase(Users, users, Items, items), Depth);
    }

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer)
    {
        Write(writer, Retrieving);
        Write(writer, Fallbacks);
        writer.WritePart(Ranker);
        writer.WriteInt32(Depth);
    }

    private static void Write(ModelWriter writer, IReadOnlyList<ModelPart> parts)
    {
        writer.WriteInt32(parts.Count);
        foreach (var part in parts)
        {
            writer.WriteText(part.Name);
            writer.WritePart(part.Model);
        }
    }

    private static Func<ComposedModel> Read(ModelReader reader)
    {
        var (parts, fallbacks) = (ReadParts(reader), ReadParts(reader));
        var (ranker, depth) = (reader.ReadPart<IRanker>(), reader.ReadInt32());
        return () => new ComposedModel(parts(), fallbacks(), ranker(), depth);
    }

    private static Func<IReadOnlyList<ModelPart>> ReadParts(ModelReader reader)
    {
        var parts = new List<Func<ModelPart>>();
        for (var count = reader.ReadCount(); parts.Count < count;)
        {
            var (name, model) = (reader.ReadText(), reader.ReadPart<IScorer>());
            parts.Add(() => new ModelPart(name, model()));
        }

        return () => [.. parts.Select(part => part())];
    }

    /// <summary>With items that are neither blocked nor candidates.</summary>
    private void FillUp(in UserHistory user, ReadOnlySpan<ulong> blocked, CandidateSet candidates, RankedRetrieval.Workspace workspace, TopK best)
    {
        var taken = workspace.Taken.AsSpan();
        taken.Clear();
        blocked[..Math.Min(blocked.Length, taken.Length)].CopyTo(taken);
        foreach (var item in candidates.Items)
            Bits.Set(taken, item);
        foreach (var fallback in lasts)
        {
            if (best.Threshold >= fallback.Floor + 1)
                return;
            foreach (var item in fallback.OfferTo(best, user, taken, workspace.Candidates))
                Bits.Set(taken, item);
        }
    }
}
