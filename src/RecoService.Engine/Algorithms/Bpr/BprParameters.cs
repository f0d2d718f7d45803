using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Bpr;

/// <summary>What <see cref="BprTrainer"/> trains: |U| x f and |I| x f factors, normally distributed at first, and |I| biases, 0 at first.</summary>
internal sealed class BprParameters
{
    private const float InitialScale = 0.1f;

    public BprParameters(int userCount, int itemCount, int factors, int seed)
    {
        UserFactors = InitialFactors(userCount, factors, seed, firstStream: -1);
        ItemFactors = InitialFactors(itemCount, factors, seed, firstStream: -1L - userCount);
        ItemBiases = new float[itemCount];
    }

    public FactorMatrix UserFactors { get; }

    public FactorMatrix ItemFactors { get; }

    public float[] ItemBiases { get; }

    /// <exception cref="TrainingException">Some number is not finite.</exception>
    public FactorModel ToModel(InteractionDataset dataset, PositiveStrata strata, BprFoldIn foldIn)
    {
        if (!VectorMath.AllFinite(UserFactors.Values) || !VectorMath.AllFinite(ItemFactors.Values) || !VectorMath.AllFinite(ItemBiases))
            throw new TrainingException("Training diverged: factors or biases are not finite. Lower LearningRate.");

        var knownUsers = new ulong[Bits.WordsFor(UserFactors.RowCount)];
        var knownItems = new ulong[Bits.WordsFor(ItemFactors.RowCount)];
        for (var group = 0; group < strata.Grid; group++)
        {
            foreach (var user in strata.UsersOf(group))
                Bits.Set(knownUsers, user);
            foreach (var item in strata.ItemsOf(group))
                Bits.Set(knownItems, item);
        }

        Forget(UserFactors, knownUsers);
        Forget(ItemFactors, knownItems);
        for (var item = 0; item < ItemBiases.Length; item++)
        {
            if (!Bits.IsSet(knownItems, item))
                ItemBiases[item] = float.NaN;
        }

        return new FactorModel(dataset.Users, dataset.Items, UserFactors, ItemFactors, itemBiases: ItemBiases, foldIn: foldIn);
    }

    private static void Forget(FactorMatrix factors, ReadOnlySpan<ulong> known)
    {
        for (var row = 0; row < factors.RowCount; row++)
        {
            if (!Bits.IsSet(known, row))
                factors.Row(row).Fill(float.NaN);
        }
    }

    private static FactorMatrix InitialFactors(int count, int factors, int seed, long firstStream)
    {
        var matrix = new FactorMatrix(count, factors);
        for (var row = 0; row < count; row++)
        {
            var random = new SeededRandom(seed, firstStream - row);
            foreach (ref var value in matrix.Row(row))
                value = random.NextGaussian() * InitialScale;
        }

        return matrix;
    }
}
