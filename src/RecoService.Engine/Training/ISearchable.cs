using RecoService.Engine.Tuning;

namespace RecoService.Engine.Training;

/// <summary>
/// Options with something to search that is more than a number, an enum or a bool of their own: the weights of a blend, the options of a part.
/// They map it to and from points of a cube themselves; properties marked with <see cref="SearchAttribute"/> are searched beside it.
/// </summary>
public interface ISearchable
{
    /// <summary>The dimensions of the cube; may depend on the options' other values.</summary>
    int CountSearchDimensions();

    /// <summary>Writes the place of the present values; anywhere in the cube for a value outside the searched range.</summary>
    /// <param name="point">One number in 0..1 per dimension.</param>
    void ReadSearchPoint(Span<double> point);

    /// <summary>Takes the values that a point stands for; any point gives valid options.</summary>
    /// <param name="point">One number in 0..1 per dimension.</param>
    void ApplySearchPoint(ReadOnlySpan<double> point);
}
