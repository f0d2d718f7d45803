using System.Buffers;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Hybrid;

/// <param name="Name">The trainer's name.</param>
/// <param name="Weight">Its part of the blend, above 0; 0 for a fallback.</param>
/// <param name="Model">Over the key maps of the whole.</param>
public sealed record HybridComponent(string Name, float Weight, IScorer Model);

/// <summary>
/// score(u, i) = sum over the components of weight x score on the user's own <see cref="ScoreScale"/>; a component that does not know the item adds nothing.
/// What no component knows is scored by the first fallback that knows it, below everything blended: within -f..-f + 1 for fallback number f.
/// A user is scored over the whole catalogue whatever is asked, so that scores and lists agree.
/// </summary>
public sealed class HybridModel : IHistoryScorer, ISimilarItems, ISimilarUsers, IStoredModel
{
    private readonly int[] everything;

    /// <param name="users">|U| keys.</param>
    /// <param name="items">|I| keys.</param>
    /// <param name="components">Those of the blend, then the fallbacks in the order in which they are asked.</param>
    public HybridModel(KeyMap users, KeyMap items, IReadOnlyList<HybridComponent> components)
    {
        foreach (var component in components)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(component.Model.Users.Count, users.Count, nameof(components));
            ArgumentOutOfRangeException.ThrowIfNotEqual(component.Model.Items.Count, items.Count, nameof(components));
        }

        Users = users;
        Items = items;
        Components = components;
        everything = [.. Enumerable.Range(0, items.Count)];
    }

    public KeyMap Users { get; }

    public KeyMap Items { get; }

    /// <summary>What it is made of; what could not be trained, and what had no part in the best blend, is not among them.</summary>
    public IReadOnlyList<HybridComponent> Components { get; }

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        var rented = ArrayPool<float>.Shared.Rent(Items.Count);
        Blend(user, rented.AsSpan(0, Items.Count));
        for (var place = 0; place < itemIndexes.Length; place++)
            scores[place] = rented[itemIndexes[place]];
        ArrayPool<float>.Shared.Return(rented);
    }

    public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var rented = ArrayPool<float>.Shared.Rent(Items.Count);
        Blend(user, rented.AsSpan(0, Items.Count));
        for (var item = 0; item < Items.Count; item++)
        {
            // Most items fall short of the threshold, so the bit is looked up only for those that could enter.
            if (rented[item] >= best.Threshold && !Bits.IsSet(blocked, item))
                best.Offer(item, rented[item]);
        }

        ArrayPool<float>.Shared.Return(rented);
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

    void IStoredModel.Write(ChecksummedWriter writer)
    {
        writer.WriteKeys(Users);
        writer.WriteKeys(Items);
        writer.WriteInt32(Components.Count);
        foreach (var component in Components)
        {
            writer.WriteText(component.Name);
            writer.WriteSingle(component.Weight);
            ModelSerializer.WriteModel(writer, component.Model);
        }
    }

    internal static Func<HybridModel> Read(ChecksummedReader reader)
    {
        var users = reader.ReadKeys();
        var items = reader.ReadKeys();
        var components = new List<Func<HybridComponent>>();
        for (var count = reader.ReadCount(); components.Count < count;)
        {
            var name = reader.ReadText();
            var weight = reader.ReadSingle();
            var model = ModelSerializer.ReadModel(reader);
            components.Add(() => new HybridComponent(name, weight, model()));
        }

        return () => new HybridModel(users(), items(), [.. components.Select(component => component())]);
    }

    private HybridModel With(KeyMap users, KeyMap items, Func<IScorer, IScorer> change) =>
        new(users, items, [.. Components.Select(component => component with { Model = change(component.Model) })]);

    private void Blend(in UserHistory user, Span<float> blended)
    {
        blended.Fill(float.NaN);
        var rented = ArrayPool<float>.Shared.Rent(Items.Count);
        var scores = rented.AsSpan(0, Items.Count);
        var floor = 0;
        foreach (var component in Components)
        {
            component.Model.Score(user, everything, scores);
            var scale = ScoreScale.Of(scores, user.Items);
            if (component.Weight > 0)
                Add(scores, scale, component.Weight, blended);
            else
                FillUnknown(scores, scale, --floor, blended);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private static void Add(ReadOnlySpan<float> scores, ScoreScale scale, float weight, Span<float> blended)
    {
        for (var item = 0; item < blended.Length; item++)
        {
            if (!float.IsNaN(scores[item]))
                blended[item] = (float.IsNaN(blended[item]) ? 0 : blended[item]) + (weight * scale.Scaled(scores[item]));
        }
    }

    /// <summary>The user's own items may lie beyond the scale, and are brought back into it.</summary>
    private static void FillUnknown(ReadOnlySpan<float> scores, ScoreScale scale, float floor, Span<float> blended)
    {
        for (var item = 0; item < blended.Length; item++)
        {
            if (float.IsNaN(blended[item]) && !float.IsNaN(scores[item]))
                blended[item] = floor + Math.Clamp(scale.Scaled(scores[item]), 0, 1);
        }
    }
}
