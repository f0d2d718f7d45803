using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.SimpleX;

/// <summary>
/// What <see cref="SimpleXTrainer"/> trains: a vector of length 1 per item. A step goes along the sphere, and its size falls with what the vector has been pulled before:
/// Adagrad (Duchi, Hazan, Singer, JMLR 2011) with one sum of squares per vector.
/// </summary>
internal sealed class ItemDirections
{
    private readonly float[] squares;

    /// <param name="itemCount">|I|.</param>
    /// <param name="factors">f.</param>
    /// <param name="seed">Of the first directions, any as likely as any other.</param>
    public ItemDirections(int itemCount, int factors, int seed)
    {
        Vectors = new FactorMatrix(itemCount, factors);
        squares = new float[itemCount];
        for (var item = 0; item < itemCount; item++)
        {
            var random = new SeededRandom(seed, -1L - item);
            var row = Vectors.Row(item);
            foreach (ref var value in row)
                value = random.NextGaussian();
            VectorMath.Scale(row, 1 / VectorMath.Norm(row));
        }
    }

    /// <summary>|I| x f, each row of length 1.</summary>
    public FactorMatrix Vectors { get; }

    /// <summary>Goes down a gradient. Safe for several items at once, not for one.</summary>
    /// <param name="item">Whose.</param>
    /// <param name="gradient">f values; changed.</param>
    /// <param name="learningRate">The tangent of the angle by which the first step turns.</param>
    public void Step(int item, Span<float> gradient, float learningRate)
    {
        var row = Vectors.Row(item);
        Project(row, gradient);
        var square = VectorMath.Dot(gradient, gradient);
        if (!(square > 0))
            return;
        squares[item] += square;
        VectorMath.AddScaled(row, -learningRate / MathF.Sqrt(squares[item]), gradient);
        VectorMath.Scale(row, 1 / VectorMath.Norm(row));
    }

    /// <summary>Takes out of a gradient what would only change the length of a vector of length 1.</summary>
    public static void Project(ReadOnlySpan<float> vector, Span<float> gradient) => VectorMath.AddScaled(gradient, -VectorMath.Dot(gradient, vector), vector);
}
