using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.SvdPlusPlus;

/// <summary>What <see cref="SvdPlusPlusTrainer"/> trains: p |U| x f, q and y |I| x f, normally distributed at first, and biases, 0 at first.</summary>
internal sealed class SvdPlusPlusParameters
{
    private const float InitialScale = 0.1f;

    private readonly SparseMatrix touched;

    /// <param name="ratings">|U| x |I|.</param>
    /// <param name="touched">|U| x |I|: row u is N(u); the values do not matter.</param>
    /// <param name="factors">f.</param>
    /// <param name="seed">The run's seed.</param>
    public SvdPlusPlusParameters(SparseMatrix ratings, SparseMatrix touched, int factors, int seed)
    {
        Ratings = ratings;
        this.touched = touched;
        UserFactors = InitialFactors(ratings.RowCount, factors, seed, firstStream: -1);
        ItemFactors = InitialFactors(ratings.ColumnCount, factors, seed, firstStream: -1L - ratings.RowCount);
        TouchFactors = InitialFactors(ratings.ColumnCount, factors, seed, firstStream: -1L - ratings.RowCount - ratings.ColumnCount);
        UserBiases = new float[ratings.RowCount];
        ItemBiases = new float[ratings.ColumnCount];
        Mean = MeanOf(ratings);
        for (var user = 0; user < ratings.RowCount; user++)
        {
            if (ratings.RowLength(user) == 0)
                UserFactors.Row(user).Clear();
        }
    }

    public SparseMatrix Ratings { get; }

    /// <summary>p.</summary>
    public FactorMatrix UserFactors { get; }

    /// <summary>q.</summary>
    public FactorMatrix ItemFactors { get; }

    /// <summary>y: what having touched an item says of a user.</summary>
    public FactorMatrix TouchFactors { get; }

    public float[] UserBiases { get; }

    public float[] ItemBiases { get; }

    public float Mean { get; }

    /// <summary>sum = p_u + |N(u)|^-1/2 sum of y_j over N(u).</summary>
    public void AddUpUser(int user, Span<float> sum)
    {
        var items = touched.RowColumns(user);
        sum.Clear();
        foreach (var item in items)
            VectorMath.AddScaled(sum, 1, TouchFactors[item]);
        VectorMath.Scale(sum, ScaleOf(items.Length));
        VectorMath.AddScaled(sum, 1, UserFactors[user]);
    }

    /// <summary>p_u = kept p_u + gain, and y_j = kept y_j + |N(u)|^-1/2 gain for every j of N(u).</summary>
    public void Spread(int user, float kept, Span<float> gain)
    {
        GradientSteps.ShrinkAndAdd(UserFactors.Row(user), kept, gain);
        var items = touched.RowColumns(user);
        VectorMath.Scale(gain, ScaleOf(items.Length));
        foreach (var item in items)
            GradientSteps.ShrinkAndAdd(TouchFactors.Row(item), kept, gain);
    }

    /// <summary>A model of factors whose users have their implicit part added. Ends the training: the factors are the model's from now on.</summary>
    /// <exception cref="TrainingException">Some number is not finite.</exception>
    public FactorModel ToModel(InteractionDataset dataset, FoldIn foldIn)
    {
        var sum = new float[UserFactors.Factors];
        for (var user = 0; user < UserFactors.RowCount; user++)
        {
            AddUpUser(user, sum);
            sum.CopyTo(UserFactors.Row(user));
        }

        if (!VectorMath.AllFinite(UserFactors.Values) || !VectorMath.AllFinite(ItemFactors.Values)
            || !VectorMath.AllFinite(UserBiases) || !VectorMath.AllFinite(ItemBiases))
            throw new TrainingException("Training diverged: factors or biases are not finite. Lower LearningRate.");

        Forget(touched, UserFactors, UserBiases);
        Forget(Ratings.Transpose(), ItemFactors, ItemBiases);
        return new FactorModel(dataset.Users, dataset.Items, UserFactors, ItemFactors, Mean, UserBiases, ItemBiases, foldIn);
    }

    private static float ScaleOf(int count) => count == 0 ? 0 : 1 / MathF.Sqrt(count);

    private static void Forget(SparseMatrix known, FactorMatrix factors, float[] biases)
    {
        for (var row = 0; row < factors.RowCount; row++)
        {
            if (known.RowLength(row) > 0)
                continue;
            factors.Row(row).Fill(float.NaN);
            biases[row] = float.NaN;
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

    private static float MeanOf(SparseMatrix ratings)
    {
        var sum = 0.0;
        for (var user = 0; user < ratings.RowCount; user++)
        {
            foreach (var value in ratings.RowValues(user))
                sum += value;
        }

        return ratings.NonZeroCount == 0 ? 0 : (float)(sum / ratings.NonZeroCount);
    }
}
