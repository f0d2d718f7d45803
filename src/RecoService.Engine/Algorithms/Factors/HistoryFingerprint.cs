using System.Buffers;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Factors;

/// <summary>
/// 32 bits by which a history is told from the one a user was trained with: a sum over the items that the model knows, in any order and over any
/// indexes. One change in four billion goes unnoticed.
/// </summary>
internal static class HistoryFingerprint
{
    private const int UsersPerBlock = 1024;

    public static int Of(in UserHistory user, FactorModel model, HistoryNeeds needs) => needs switch
    {
        HistoryNeeds.Times => OfTimes(user.Items, user.Times, model),
        HistoryNeeds.Ratings => OfValues(user.Items, user.Ratings, model, needs),
        _ => OfValues(user.Items, user.Weights, model, needs),
    };

    /// <summary>One per user. Without the columns that <see cref="InteractionDataset.HistoryOf"/> keeps, because training has no other use for them.</summary>
    /// <param name="dataset">Over the model's key maps.</param>
    /// <param name="model">The model.</param>
    /// <param name="needs">What it learns from.</param>
    /// <param name="context">Threads and cancellation.</param>
    public static int[] OfAll(InteractionDataset dataset, FactorModel model, HistoryNeeds needs, TrainingContext context)
    {
        var matrix = needs == HistoryNeeds.Ratings ? dataset.Ratings : dataset.UserItems;
        var fingerprints = new int[dataset.Users.Count];
        context.ForEachBlock((fingerprints.Length + UsersPerBlock - 1) / UsersPerBlock, block =>
        {
            for (var user = block * UsersPerBlock; user < Math.Min((block + 1) * UsersPerBlock, fingerprints.Length); user++)
            {
                fingerprints[user] = needs == HistoryNeeds.Times
                    ? OfLastTimes(dataset, user, model)
                    : OfValues(matrix.RowColumns(user), matrix.RowValues(user), model, needs);
            }
        });
        return fingerprints;
    }

    private static int OfLastTimes(InteractionDataset dataset, int user, FactorModel model)
    {
        var columns = dataset.UserItems.RowColumns(user);
        var items = dataset.UserItemIndexes(user);
        var times = dataset.UserTimes(user);
        var rented = ArrayPool<long>.Shared.Rent(columns.Length);
        for (var position = 0; position < items.Length; position++)
            rented[columns.BinarySearch(items[position])] = times[position];
        var fingerprint = OfTimes(columns, rented, model);
        ArrayPool<long>.Shared.Return(rented);
        return fingerprint;
    }

    private static int OfTimes(ReadOnlySpan<int> items, ReadOnlySpan<long> times, FactorModel model)
    {
        var sum = 0UL;
        for (var position = 0; position < items.Length; position++)
        {
            if (model.KnowsItem(items[position]))
                sum += Mix(model.Items[items[position]], (ulong)times[position]);
        }

        return Fold(sum);
    }

    private static int OfValues(ReadOnlySpan<int> items, ReadOnlySpan<float> values, FactorModel model, HistoryNeeds needs)
    {
        var sum = 0UL;
        for (var position = 0; position < items.Length; position++)
        {
            if (float.IsNaN(values[position]) || !model.KnowsItem(items[position]))
                continue;
            var said = needs == HistoryNeeds.None ? MathF.Sign(values[position]) : BitConverter.SingleToInt32Bits(values[position]);
            sum += Mix(model.Items[items[position]], (uint)said);
        }

        return Fold(sum);
    }

    /// <summary>The finalizer of SplitMix64 over both: Steele, Lea, Flood, OOPSLA 2014.</summary>
    private static ulong Mix(int key, ulong said)
    {
        var value = ((uint)key * 0x9E3779B97F4A7C15) ^ (said * 0xD6E8FEB86659FD93);
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private static int Fold(ulong sum) => (int)(sum ^ (sum >> 32));
}
