using RecoService.Engine.Data;

namespace RecoService.Engine.Tests.MlNet;

internal static class NamedKinds
{
    /// <summary>Interactions of the default kinds, a second apart.</summary>
    public static InteractionDataset Dataset(params ReadOnlySpan<(int UserKey, int ItemKey, string Kind, float Value)> interactions)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        var time = 0L;
        foreach (var (userKey, itemKey, kind, value) in interactions)
        {
            Assert.True(InteractionKinds.Default.TryGetIndex(kind, out var kindIndex));
            builder.Add(userKey, itemKey, kindIndex, value, time += 1_000);
        }

        return builder.Build();
    }
}
