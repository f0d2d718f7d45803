using RecoService.Engine.Recommending;
using RecoService.Storage;

namespace RecoService.Api.Serving;

/// <summary>Makes the lists of experiments in the shadow, behind the response and within a part of one processor; what there is no time for is not made. For one caller at a time.</summary>
/// <param name="share">Which part of a processor it may take, 0..1.</param>
/// <param name="time">The clock.</param>
internal sealed class ShadowLists(double share, TimeProvider time)
{
    /// <summary>What is not used is not saved up, or a quiet hour would pay for a loud minute.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private long begunAt = time.GetTimestamp();
    private TimeSpan left;

    /// <summary>Before the lists of a batch.</summary>
    public void Begin()
    {
        var now = time.GetTimestamp();
        var passed = time.GetElapsedTime(begunAt, now);
        (begunAt, left) = (now, share * (passed < LongestPause ? passed : LongestPause));
    }

    /// <summary>The impression, with the list beside it where there is time for it.</summary>
    /// <param name="impression">What was shown.</param>
    /// <param name="state">Made it.</param>
    /// <param name="query">What it was asked with.</param>
    public Impression Add(Impression impression, ServingState state, RecommendationQuery query)
    {
        if (left <= TimeSpan.Zero)
            return impression;
        var started = time.GetTimestamp();
        try
        {
            return impression with { ShadowItemIds = [.. state.RecommendShadow(query).Select(candidate => state.Items[candidate.ItemIndex])] };
        }
        catch (Exception)
        {
            // The item that the list is about may be gone by now; and whatever else it is, what was shown is what counts and must be stored.
            return impression;
        }
        finally
        {
            left -= time.GetElapsedTime(started);
        }
    }
}
