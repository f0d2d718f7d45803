using System.Buffers;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.SequenceEncoders;

/// <summary>
/// A network reads the newest items that a user is for, each once, in the order of the last interaction with it; those of one time stand in the order of their indexes.
/// </summary>
/// <param name="network">Reads item rows of the model.</param>
internal sealed class SequenceFoldIn(ISequenceNetwork network) : FoldIn
{
    internal override HistoryNeeds Needs => HistoryNeeds.Times;

    public static StoredFormat StoredAs { get; } = new StoredFormat<SequenceFoldIn>("sequence-fold-in", 1, Read);

    private protected override StoredFormat Format => StoredAs;

    /// <exception cref="ArgumentException">The items have rows of another length than the network reads.</exception>
    internal override IUserEncoder Over(FactorModel model)
    {
        RequireFit(model.ItemFactors);
        return new Encoder(network, model.ItemFactors);
    }

    /// <exception cref="ArgumentException">The items have rows of another length than the network reads.</exception>
    internal void RequireFit(FactorMatrix itemFactors)
    {
        if (itemFactors.Factors != network.Factors)
            throw new ArgumentException($"The network reads rows of {network.Factors} factors, and the items have {itemFactors.Factors}.");
    }

    private protected override void WriteParameters(ModelWriter writer) => writer.WritePart(network);

    private static Func<SequenceFoldIn> Read(ModelReader reader)
    {
        var network = reader.ReadPart<ISequenceNetwork>();
        return () => new SequenceFoldIn(network());
    }

    private sealed class Encoder(ISequenceNetwork network, FactorMatrix itemFactors) : IUserEncoder
    {
        public bool TryEncode(in UserHistory user, Span<float> vector, out float bias)
        {
            bias = 0;
            var (items, times) = (ArrayPool<int>.Shared.Rent(network.MaxLength), ArrayPool<long>.Shared.Rent(network.MaxLength));
            var count = Newest(user, items.AsSpan(0, network.MaxLength), times);
            if (count > 0)
                network.Encode(items.AsSpan(0, count), itemFactors, vector);
            else
                vector.Fill(float.NaN);
            ArrayPool<int>.Shared.Return(items);
            ArrayPool<long>.Shared.Return(times);
            return true;
        }

        /// <summary>The items that the user is for, oldest first, and of these the last that there is room for.</summary>
        private int Newest(in UserHistory user, Span<int> items, Span<long> times)
        {
            var count = 0;
            for (var position = 0; position < user.Items.Length; position++)
            {
                var time = user.Times[position];
                if (!(user.Weights[position] > 0) || float.IsNaN(itemFactors[user.Items[position]][0]) || (count == items.Length && time < times[0]))
                    continue;
                if (count == items.Length)
                {
                    items[1..].CopyTo(items);
                    times[1..count].CopyTo(times);
                    count--;
                }

                var place = count++;
                for (; place > 0 && times[place - 1] > time; place--)
                    (items[place], times[place]) = (items[place - 1], times[place - 1]);
                (items[place], times[place]) = (user.Items[position], time);
            }

            return count;
        }
    }
}
