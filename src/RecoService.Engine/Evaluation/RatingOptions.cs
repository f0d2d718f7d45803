using RecoService.Engine.Data;

namespace RecoService.Engine.Evaluation;

/// <param name="Fallback">What a pair is predicted as that nothing is known of; the mean of the training ratings, say. NaN: such pairs count as unknown and are left out of the errors.</param>
/// <param name="Min">Lower predictions are taken for it, as published figures do; the lowest rating of the scale.</param>
/// <param name="Max">Higher predictions are taken for it; the highest rating of the scale.</param>
public sealed record RatingOptions(float Fallback = float.NaN, float Min = float.NegativeInfinity, float Max = float.PositiveInfinity)
{
    /// <summary>Clipped to the scale of the data; pairs that nothing is known of are predicted as the mean of the training ratings.</summary>
    public static RatingOptions For(InteractionDataset train)
    {
        var (sum, count) = (0.0, 0);
        for (var user = 0; user < train.Ratings.RowCount; user++)
        {
            foreach (var rating in train.Ratings.RowValues(user))
                sum += rating;
            count += train.Ratings.RowLength(user);
        }

        return new RatingOptions(count == 0 ? float.NaN : (float)(sum / count), train.Kinds.RatingMin, train.Kinds.RatingMax);
    }
}
