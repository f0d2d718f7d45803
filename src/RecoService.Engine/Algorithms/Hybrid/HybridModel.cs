using System.Buffers;
using System.Collections.Concurrent;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Hybrid;

/// <param name="Name">The trainer's name.</param>
/// <param name="Weight">Its part of the blend, above 0; 0 for a fallback.</param>
/// <param name="Model">Over the key maps of the whole.</param>
public sealed record HybridComponent(string Name, float Weight, IScorer Model);

/// <summary>
/// score(u, i) = sum over the components of weight x score on the user's own <see cref="ScoreScale"/>, for the items that are among the best n of any component;
/// one that does not know the item adds nothing. What no component has among its best is scored by the first fallback that knows it, below everything blended: within -f..-f + 1 for fallback number f.
/// </summary>
public sealed class HybridModel : IHistoryScorer, IServedScorer, ISimilarItems, ISimilarUsers, IStored
{
    private readonly ConcurrentQueue<Blend> idle = new();

    /// <param name="users">|U| keys.</param>
    /// <param name="items">|I| keys.</param>
    /// <param name="components">Those of the blend, then the fallbacks in the order in which they are asked.</param>
    /// <param name="depth">n, at least 1.</param>
    public HybridModel(KeyMap users, KeyMap items, IReadOnlyList<HybridComponent> components, int depth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        foreach (var component in components)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(component.Model.Users.Count, users.Count, nameof(components));
            ArgumentOutOfRangeException.ThrowIfNotEqual(component.Model.Items.Count, items.Count, nameof(components));
        }

        Users = users;
        Items = items;
        Components = components;
        Depth = depth;
    }

    /// <summary>How these models are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<HybridModel>("hybrid", 1, Read);

    public KeyMap Users { get; }

    public KeyMap Items { get; }

    /// <summary>What it is made of; what could not be trained, and what had no part in the best blend, is not among them.</summary>
    public IReadOnlyList<HybridComponent> Components { get; }

    /// <summary>How many of its best items each component brings in.</summary>
    public int Depth { get; }

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        var blend = Take();
        blend.Make(Components, user, [], 0);
        for (var place = 0; place < itemIndexes.Length; place++)
            scores[place] = blend[itemIndexes[place]];
        idle.Enqueue(blend);
        ScoreOthers(user, itemIndexes, scores);
    }

    public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var blend = Take();
        blend.Make(Components, user, blocked, best.Capacity);
        for (var place = 0; place < blend.Found.Length; place++)
            best.Offer(blend.Found[place], blend.Scores[place]);
        blend.OfferOthers(Components, user, blocked, best);
        idle.Enqueue(blend);
    }

    /// <summary>By the first component that knows the item.</summary>
    public void RetrieveSimilarItems(int itemIndex, ReadOnlySpan<ulong> blocked, TopK best)
    {
        foreach (var component in Components)
        {
            if (best.Count == 0 && component.Model is ISimilarItems similar)
                similar.RetrieveSimilarItems(itemIndex, blocked, best);
        }
    }

    /// <summary>By the first component that knows the user.</summary>
    public void RetrieveSimilarUsers(int userIndex, TopK best)
    {
        foreach (var component in Components)
        {
            if (best.Count == 0 && component.Model is ISimilarUsers similar)
                similar.RetrieveSimilarUsers(userIndex, best);
        }
    }

    public bool IsSound() => Components.All(component => float.IsFinite(component.Weight) && component.Model.IsSound());

    public IScorer Rebase(KeyMap users, KeyMap items) => With(users, items, model => model.Rebase(users, items));

    public IScorer WithHistories(InteractionDataset histories) =>
        With(Users, Items, model => model is IHistoryScorer scorer ? scorer.WithHistories(histories) : model);

    public IScorer ForServing() => With(Users, Items, model => model.ForServing());

    StoredFormat IStored.Format => Format;

    void IStored.Write(ChecksummedWriter writer)
    {
        writer.WriteKeys(Users);
        writer.WriteKeys(Items);
        writer.WriteInt32(Depth);
        writer.WriteInt32(Components.Count);
        foreach (var component in Components)
        {
            writer.WriteText(component.Name);
            writer.WriteSingle(component.Weight);
            writer.WritePart(component.Model);
        }
    }

    internal static Func<HybridModel> Read(ChecksummedReader reader)
    {
        var users = reader.ReadKeys();
        var items = reader.ReadKeys();
        var depth = reader.ReadInt32();
        var components = new List<Func<HybridComponent>>();
        for (var count = reader.ReadCount(); components.Count < count;)
        {
            var name = reader.ReadText();
            var weight = reader.ReadSingle();
            var model = reader.ReadPart<IScorer>();
            components.Add(() => new HybridComponent(name, weight, model()));
        }

        return () => new HybridModel(users(), items(), [.. components.Select(component => component())], depth);
    }

    private HybridModel With(KeyMap users, KeyMap items, Func<IScorer, IScorer> change) =>
        new(users, items, [.. Components.Select(component => component with { Model = change(component.Model) })], Depth);

    private Blend Take() => idle.TryDequeue(out var blend) ? blend : new Blend(Items.Count, Depth);

    private void ScoreOthers(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        var floor = 0;
        foreach (var component in Components)
        {
            if (component.Weight > 0 || !scores[..itemIndexes.Length].Contains(float.NaN))
                continue;
            floor--;
            var rented = ArrayPool<float>.Shared.Rent(itemIndexes.Length);
            component.Model.Score(user, itemIndexes, rented.AsSpan(0, itemIndexes.Length));
            for (var place = 0; place < itemIndexes.Length; place++)
            {
                if (float.IsNaN(scores[place]) && !float.IsNaN(rented[place]))
                    scores[place] = floor + Blend.Squashed(rented[place]);
            }

            ArrayPool<float>.Shared.Return(rented);
        }
    }
}
