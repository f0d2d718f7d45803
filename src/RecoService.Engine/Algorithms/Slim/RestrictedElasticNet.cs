using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Slim;

/// <summary>Regresses one item on those most like it by <see cref="CoordinateDescent"/>. Reusable, not thread-safe.</summary>
internal sealed class RestrictedElasticNet : ICandidateRows
{
    private readonly CoordinateDescent descent;
    private readonly RestrictedEquations<ValueProducts, float> equations;
    private readonly float[] weights;

    /// <param name="interactions">X.</param>
    /// <param name="shared">Of the same X.</param>
    /// <param name="options">Hyperparameters.</param>
    public RestrictedElasticNet(PositiveInteractions interactions, RestrictedInputs shared, SlimOptions options)
    {
        descent = new CoordinateDescent(options.L1Regularization, options.L2Regularization, options.PositiveOnly, options.Epochs, options.Tolerance);

        // Positive weights on positive columns only lower the gradients, so what starts below the threshold stays 0.
        var leastProduct = options.PositiveOnly ? options.L1Regularization : 0;
        equations = new RestrictedEquations<ValueProducts, float>(interactions, shared, new ValueProducts(interactions.UserItems), options.RestrictedNeighbours, leastProduct);
        weights = new float[options.RestrictedNeighbours];
    }

    /// <summary>The columns that can have a weight, ascending; valid until the next call of <see cref="Solve"/>.</summary>
    public ReadOnlySpan<int> Candidates => equations.Inputs;

    /// <summary>The weights of <see cref="Candidates"/>; valid until the next call of <see cref="Solve"/>.</summary>
    public ReadOnlySpan<float> Weights => weights.AsSpan(0, equations.Order);

    /// <summary>Regresses column <paramref name="target"/>.</summary>
    public void Solve(int target)
    {
        equations.Build(target);
        var matrix = equations.Matrix;
        var order = equations.Order;
        for (var row = 1; row < order; row++)
        {
            for (var column = 0; column < row; column++)
                matrix[(row * order) + column] = matrix[(column * order) + row];
        }

        descent.Minimize(this, weights.AsSpan(0, order), equations.RightHandSide);
    }

    float ICandidateRows.SquareOf(int position) => equations.Matrix[(position * equations.Order) + position];

    void ICandidateRows.AddRow(int position, float scale, Span<float> sums) =>
        VectorMath.AddScaled(sums, scale, equations.Matrix.Slice(position * equations.Order, equations.Order));
}
