using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Benchmarks.Kernels;

/// <summary>A made shop of a given size: item popularity falls like 1 / rank, ratings are 1 to 5.</summary>
internal static class PlantedShop
{
    public static InteractionDataset Create(int users, int items, int interactions, string kind)
    {
        if (!InteractionKinds.Default.TryGetIndex(kind, out var kindIndex))
            throw new ArgumentException($"There is no kind '{kind}'.", nameof(kind));
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        var random = new SeededRandom(1, 0);
        for (var step = 0; step < interactions; step++)
        {
            var item = (int)Math.Pow(items, random.NextDouble()) - 1;
            builder.Add(random.Next(users), item, kindIndex, 1 + random.Next(5), step);
        }

        return builder.Build();
    }

    public static float[] Floats(int count, int seed)
    {
        var random = new SeededRandom(seed, 0);
        var values = new float[count];
        foreach (ref var value in values.AsSpan())
            value = random.NextGaussian();
        return values;
    }
}
