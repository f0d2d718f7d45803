using RecoService.Engine.Algorithms.SequenceEncoders;
using RecoService.Engine.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RecoService.Neural.Tests;

/// <summary>The engine computes what libtorch computes, to 1e-4, with weights of the size that training makes.</summary>
public sealed class ManagedInferenceTests
{
    private const int ItemCount = 40;

    [Theory]
    [InlineData(8, 1, 1, 8, 1)]
    [InlineData(8, 1, 2, 16, 5)]
    [InlineData(64, 2, 2, 256, 20)]
    [InlineData(48, 3, 4, 33, 12)]
    public void Transformer_AnyLength_GivesTheVectorsOfTorch(int factors, int blocks, int heads, int inner, int length)
    {
        var options = new SequenceOptions(factors, length, 1, 1, 0.001f, 0.5f, "cross-entropy", 0, 0, 0, 1, blocks, heads, inner);

        AssertSame(Transformer.Of(ItemCount, options, CPU), length, weights => new TransformerNetwork(new TransformerShape(factors, length, blocks, heads, inner), weights));
    }

    [Theory]
    [InlineData(8, 8, 1)]
    [InlineData(16, 5, 7)]
    [InlineData(64, 128, 20)]
    public void RecurrentUnit_AnyLength_GivesTheVectorsOfTorch(int factors, int hidden, int length)
    {
        var options = new SequenceOptions(factors, length, 1, 1, 0.001f, 0.5f, "cross-entropy", 0, 0, 0, 1, Hidden: hidden);

        AssertSame(RecurrentUnit.Of(ItemCount, options, CPU), length, weights => new RecurrentNetwork(factors, length, hidden, weights));
    }

    /// <summary>Every prefix of a sequence at once in torch, one by one in the engine.</summary>
    private static void AssertSame(Neural.ISequenceNetwork network, int length, Func<float[], Engine.Algorithms.SequenceEncoders.ISequenceNetwork> managed)
    {
        manual_seed(7);
        using var still = no_grad();
        foreach (var parameter in network.Parameters)
            parameter.copy_(randn(parameter.shape) * 0.2);
        var items = Enumerable.Range(0, length).Select(place => (long)(place * 7 % ItemCount)).ToArray();
        var expected = network.Encode(tensor(items).view(1, length), isTraining: false).contiguous().data<float>().ToArray();
        var engine = managed([.. network.Parameters.Skip(1).SelectMany(Values)]);
        var rows = new FactorMatrix(ItemCount, engine.Factors, Values(network.Items));

        for (var prefix = 1; prefix <= length; prefix++)
        {
            var vector = new float[engine.Factors];
            engine.Encode([.. items[..prefix].Select(item => (int)item)], rows, vector);

            for (var factor = 0; factor < vector.Length; factor++)
                Assert.Equal(expected[((prefix - 1) * vector.Length) + factor], vector[factor], 1e-4f);
        }
    }

    private static float[] Values(Tensor tensor) => [.. tensor.contiguous().data<float>()];
}
