namespace RecoService.Engine.Numerics;

/// <summary>
/// A small generator whose numbers depend on nothing but (seed, stream), so that parallel parts draw independently of each other.
/// SplitMix64: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
/// </summary>
/// <param name="seed">The run's seed.</param>
/// <param name="stream">Tells the parts of a run apart: a row block, an epoch.</param>
internal struct SeededRandom(int seed, long stream)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong state = Mix((uint)seed + Golden) ^ Mix((ulong)stream * Golden);

    public ulong Next() => Mix(state += Golden);

    /// <summary>Uniform in 0..bound-1.</summary>
    public int Next(int bound) => (int)((ulong)bound * (Next() >> 32) >> 32);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Standard normal (Box, Muller).</summary>
    public float NextGaussian() =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble()));

    public void Shuffle<T>(Span<T> values)
    {
        for (var position = values.Length - 1; position > 0; position--)
        {
            var other = Next(position + 1);
            (values[position], values[other]) = (values[other], values[position]);
        }
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
