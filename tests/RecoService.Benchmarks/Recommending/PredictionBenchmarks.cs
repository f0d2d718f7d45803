using BenchmarkDotNet.Attributes;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Prediction;
using RecoService.Engine.Tests.Recommending.Prediction;

namespace RecoService.Benchmarks.Recommending;

/// <summary>
/// What it costs to learn probabilities from 200,000 shown items, and to predict for the 40 items of a request:
/// <c>dotnet run -c Release --project tests/RecoService.Benchmarks -- --filter '*PredictionBenchmarks*'</c>.
/// </summary>
[MemoryDiagnoser]
public class PredictionBenchmarks
{
    private const int Lists = 20_000;

    private readonly float[] clicks = new float[SimulatedResponses.Items];
    private readonly float[] purchases = new float[SimulatedResponses.Items];
    private readonly int[] items = [.. Enumerable.Range(0, SimulatedResponses.Items)];
    private readonly RecommendationQuery query = new(1) { UserId = "u1", Placement = Placement.RankName, Now = SimulatedResponses.Start + (200 * SimulatedResponses.Day), Context = SimulatedResponses.Context(byPhone: true) };
    private List<ListOutcome> outcomes = [];
    private ServingState state = null!;

    [GlobalSetup]
    public void Setup()
    {
        var shop = new SimulatedResponses();
        state = shop.State();
        outcomes = shop.Show(Lists);
        shop.Live.Current = Learn().Predictor;
    }

    [Benchmark]
    public ResponseLearning Learn() => state.Responses.Learn(outcomes, new ResponseOptions());

    [Benchmark]
    public bool Predict() => state.Responses.TryPredict(query, items, clicks, purchases);
}
