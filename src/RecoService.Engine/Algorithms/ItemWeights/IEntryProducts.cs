using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.ItemWeights;

/// <summary>What two entries of one user's row of X add to the equations of a regression.</summary>
/// <typeparam name="TInput">What of an entry makes its products with others: read once for many of them.</typeparam>
internal interface IEntryProducts<TInput>
    where TInput : struct
{
    /// <summary>What makes the products of an entry of X.</summary>
    TInput InputOf(int entry);

    /// <summary>To G, of two inputs.</summary>
    /// <param name="first">An entry of X.</param>
    /// <param name="second">Another of the same row, or the same.</param>
    float OfInputs(TInput first, TInput second);

    /// <summary>To R, of an input and what it shall lead to.</summary>
    /// <param name="input">An entry of X.</param>
    /// <param name="target">Another of the same row, or the same.</param>
    float OfTarget(int input, int target);
}

/// <summary>G = R = X^T X.</summary>
/// <param name="UserItems">X.</param>
internal readonly record struct ValueProducts(SparseMatrix UserItems) : IEntryProducts<float>
{
    public float InputOf(int entry) => UserItems.ValueOf(entry);

    public float OfInputs(float first, float second) => first * second;

    public float OfTarget(int input, int target) => UserItems.ValueOf(input) * UserItems.ValueOf(target);
}
