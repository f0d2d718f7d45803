using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tuning;

/// <summary>Draws a point of the cube of configurations; the same for the same seed and stream.</summary>
internal sealed class ConfigurationDraws(int seed, long stream)
{
    private const double FinestStep = 0.02;
    private const double CoarsestStep = 0.3;

    private SeededRandom random = new(seed, stream);

    /// <summary>Every point is as likely as any other.</summary>
    public double[] Anywhere(int dimensions)
    {
        var point = new double[dimensions];
        for (var dimension = 0; dimension < dimensions; dimension++)
            point[dimension] = random.NextDouble();
        return point;
    }

    /// <summary>Normally distributed around a point, steps of all sizes from fine to coarse; what would lie outside the cube is put on its side.</summary>
    public double[] Around(ReadOnlySpan<double> centre)
    {
        var step = FinestStep * Math.Pow(CoarsestStep / FinestStep, random.NextDouble());
        var point = centre.ToArray();
        for (var dimension = 0; dimension < point.Length; dimension++)
            point[dimension] = Math.Clamp(point[dimension] + (step * random.NextGaussian()), 0, 1);
        return point;
    }
}
