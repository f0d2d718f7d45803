using System.Buffers;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Baskets;

/// <summary>
/// Scores what a user took, by their own baskets, and what the users most like them took. It knows users by their history alone, so one who arrived after training,
/// or has done more since, is served like any other. Items that neither took are unknown.
/// </summary>
public sealed class BasketKnnModel : SummedScorer, IHistoryScorer, IHistoryReader, IStored
{
    private readonly BasketRule rule;
    private readonly BasketVectors? vectors;

    internal BasketKnnModel(KeyMap users, KeyMap items, BasketRule rule, BasketVectors? vectors)
        : base(users, items)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rule.Neighbours, 1);
        this.rule = rule;
        this.vectors = vectors;
    }

    public HistoryNeeds Needs => HistoryNeeds.Order | HistoryNeeds.Repeats;

    public IScorer WithHistories(InteractionDataset histories)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(histories.Users.Count, Users.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(histories.Items.Count, Items.Count);
        return new BasketKnnModel(Users, Items, rule, BasketVectors.Of(histories, rule, new TrainingContext()));
    }

    public override bool IsSound() => true;

    public override IScorer Rebase(KeyMap users, KeyMap items) => new BasketKnnModel(users, items, rule, vectors: null);

    StoredFormat IStored.Format => rule.Format;

    void IStored.Write(ModelWriter writer)
    {
        writer.WriteKeys(Users);
        writer.WriteKeys(Items);
        rule.Write(writer);
    }

    internal static Func<BasketKnnModel> Read(ModelReader reader, Func<ModelReader, BasketRule> readRule)
    {
        var users = reader.ReadKeys();
        var items = reader.ReadKeys();
        var comparison = readRule(reader);
        return () => new BasketKnnModel(users(), items(), comparison, vectors: null);
    }

    protected override void Accumulate(in UserHistory user, Span<float> sums)
    {
        if (vectors is null || user.Items.IsEmpty)
            return;
        var rented = ArrayPool<float>.Shared.Rent(user.Items.Length);
        var own = rented.AsSpan(0, user.Items.Length);
        BasketVectors.Fill(user, rule, own);
        vectors.AddNeighbours(user, own, sums);
        for (var position = 0; position < own.Length; position++)
            sums[user.Items[position]] += rule.OwnShare * own[position];
        ArrayPool<float>.Shared.Return(rented);
    }
}
