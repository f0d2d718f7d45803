using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Models;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Tests.Algorithms.Ranking;

/// <summary>Rankers as they come back from the store.</summary>
internal static class Stored
{
    public static IRanker Reread(IRanker ranker) => Reread(TwoStageModelTests.Model(ranker)).Ranker;

    public static TwoStageModel Reread(IScorer model)
    {
        using var stream = new MemoryStream();
        ModelSerializer.Write(model, stream);
        stream.Position = 0;
        return (TwoStageModel)ModelSerializer.Read(stream, BuiltInTrainers.Registry.Formats);
    }
}
