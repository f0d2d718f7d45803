using System.Buffers;
using RecoService.Engine.Data;

namespace RecoService.Engine.Algorithms.ItemWeights;

/// <summary>How much an item of a user's history counts by the weight of their interactions with it.</summary>
public enum HistoryScale
{
    /// <summary>1 for a positive weight, -1 for a negative one.</summary>
    Binary,

    /// <summary>The weight itself.</summary>
    Linear,

    /// <summary>ln(1 + |weight|), with the sign of the weight.</summary>
    Log,
}

/// <summary>What a user's history says, as one number per item of it.</summary>
/// <param name="Scale">How much an item counts by its weight.</param>
/// <param name="Decay">Each item counts this many times as much as the one that followed it, 0..1: 1 when their order does not matter, 0 when only the newest counts. Items of one moment count alike.</param>
public readonly record struct HistoryWeighting(HistoryScale Scale, float Decay = 1f)
{
    /// <summary>Fills one activation per item of the history.</summary>
    public void Activate(in UserHistory user, Span<float> activations)
    {
        for (var position = 0; position < user.Items.Length; position++)
            activations[position] = Scaled(user.Weights[position]);
        if (Decay < 1)
            Fade(user.Times, activations);
    }

    /// <summary>What one weight counts as, its age left aside.</summary>
    public float Scaled(float weight) => Scale switch
    {
        HistoryScale.Binary => MathF.Sign(weight),
        HistoryScale.Log => MathF.CopySign(MathF.Log(1 + MathF.Abs(weight)), weight),
        _ => weight,
    };

    private void Fade(ReadOnlySpan<long> times, Span<float> activations)
    {
        const int fewest = 256;
        var rentedTimes = times.Length > fewest ? ArrayPool<long>.Shared.Rent(times.Length) : null;
        var rentedPositions = times.Length > fewest ? ArrayPool<int>.Shared.Rent(times.Length) : null;
        var newestFirst = (rentedTimes ?? stackalloc long[fewest])[..times.Length];
        var positions = (rentedPositions ?? stackalloc int[fewest])[..times.Length];
        times.CopyTo(newestFirst);
        for (var position = 0; position < positions.Length; position++)
            positions[position] = position;
        newestFirst.Sort(positions);
        newestFirst.Reverse();
        positions.Reverse();

        var (factor, next) = (1f, 1f);
        for (var rank = 0; rank < positions.Length; rank++)
        {
            if (rank > 0 && newestFirst[rank] != newestFirst[rank - 1])
                factor = next;
            activations[positions[rank]] *= factor;
            next *= Decay;
        }

        if (rentedTimes is null)
            return;
        ArrayPool<long>.Shared.Return(rentedTimes);
        ArrayPool<int>.Shared.Return(rentedPositions!);
    }
}
