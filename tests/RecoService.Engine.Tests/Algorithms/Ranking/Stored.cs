using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Composition;
using RecoService.Engine.Models;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Tests.Algorithms.Ranking;

/// <summary>Ranking functions as they come back from the store.</summary>
internal static class Stored
{
    public static IRankingFunction Reread(IRankingFunction function) => ((FeatureRanker)Reread(FeatureRankerTests.Model(function)).Ranker).Function;

    public static ComposedModel Reread(IScorer model)
    {
        using var stream = new MemoryStream();
        ModelSerializer.Write(model, stream);
        stream.Position = 0;
        return (ComposedModel)ModelSerializer.Read(stream, BuiltInTrainers.Registry.Formats);
    }
}
