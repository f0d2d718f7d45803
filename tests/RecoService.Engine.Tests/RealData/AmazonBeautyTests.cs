using RecoService.Engine.Evaluation;

namespace RecoService.Engine.Tests.RealData;

/// <summary>The preset <c>amazon-beauty</c>, where the best of the published figures is 0.0648 / 0.0384 (TIGER).</summary>
public sealed class AmazonBeautyTests
{
    private static PresetData Preset => PresetData.Of("amazon-beauty");

    [Fact]
    public void Evaluate_Ease_EqualsTheReferenceFigures()
    {
        var result = Preset.Evaluate("ease");

        foreach (var (measure, value) in Preset.Parts[0].Published.Single(row => row.Trainer == "ease").Values)
            Assert.Equal(value, result.Values[measure], 0.0005);
    }

    [Fact]
    public void Evaluate_Sequence_ExceedsEase()
    {
        var result = Preset.Evaluate("sequence");

        Assert.InRange(result.Values["hit rate@10"], 0.0764, 0.2);
        Assert.InRange(result.Values["nDCG@10"], 0.0418, 0.2);
        Assert.InRange(OfflineEvaluator.Compare(result.At(10), Preset.Evaluate("ease").At(10)).Interval.Low, 0, 1);
    }
}
