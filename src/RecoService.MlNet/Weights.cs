using Microsoft.ML.Trainers;

namespace RecoService.MlNet;

/// <summary>A matrix factorization read out of a machine of two fields; a user or an item that no pair has is NaN.</summary>
/// <param name="UserFactors">|U| x f, row-major.</param>
/// <param name="ItemFactors">|I| x f, row-major.</param>
/// <param name="UserBiases">|U|.</param>
/// <param name="ItemBiases">|I|.</param>
internal sealed record Weights(float[] UserFactors, float[] ItemFactors, float[] UserBiases, float[] ItemBiases)
{
    private const int Fields = 2;

    public static Weights Unknown(int users, int items, int factors)
    {
        return new Weights(Unknowns(users * factors), Unknowns(items * factors), Unknowns(users), Unknowns(items));

        static float[] Unknowns(int count)
        {
            var values = new float[count];
            Array.Fill(values, float.NaN);
            return values;
        }
    }

    /// <exception cref="WorkerException">Some weights are not finite.</exception>
    public static Weights Read(FieldAwareFactorizationMachineModelParameters model, PositivePairs pairs, LogisticFactorizationOptions options)
    {
        var (users, items) = (pairs.UserCount, pairs.UsersOfItem.Length);
        var weights = Unknown(users, items, options.Factors);
        float[] linear = [.. model.GetLinearWeights()];
        float[] latent = [.. model.GetLatentWeights()];
        for (var user = 0; user < users; user++)
        {
            if (pairs.HasUser(user))
                Copy(feature: user, towards: 1, weights.UserFactors, weights.UserBiases, user);
        }

        for (var item = 0; item < items; item++)
        {
            if (pairs.UsersOfItem[item] > 0)
                Copy(feature: users + item, towards: 0, weights.ItemFactors, weights.ItemBiases, item);
        }

        return weights;

        // The features of all fields stand one after the other; each has a row of factors per field, towards which it is used.
        void Copy(int feature, int towards, float[] factors, float[] biases, int row)
        {
            var source = latent.AsSpan(((feature * Fields) + towards) * options.Factors, options.Factors);
            foreach (var value in source)
            {
                if (!float.IsFinite(value) || !float.IsFinite(linear[feature]))
                    throw new WorkerException($"Training diverged: some factors are not finite. Lower learningRate ({options.LearningRate}) or raise regularization ({options.Regularization}).");
            }

            source.CopyTo(factors.AsSpan(row * options.Factors));
            biases[row] = linear[feature];
        }
    }
}
