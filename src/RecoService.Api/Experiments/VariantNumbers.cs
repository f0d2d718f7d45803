using RecoService.Engine.Experiments;
using RecoService.Storage.Attribution;

namespace RecoService.Api.Experiments;

/// <summary>Which number of a user stands where in <see cref="VariantSums"/>.</summary>
internal static class VariantNumbers
{
    public const int Shown = 0;
    public const int Clicked = 1;
    public const int Ordered = 2;
    public const int Bought = 3;
    public const int Spent = 4;
    public const int Lists = 5;
    public const int Before = 6;
    public const int FirstShown = 7;
    public const int FirstClicked = 8;
    public const int EmptyLists = 9;
    public const int FallbackItems = 10;
    public const int TimedLists = 11;
    public const int Milliseconds = 12;

    /// <summary>The sums of some of the numbers, in this order.</summary>
    public static JointMoments MomentsOf(VariantSums sums, params ReadOnlySpan<int> numbers)
    {
        var (own, products) = (new double[numbers.Length], new double[numbers.Length * numbers.Length]);
        for (var one = 0; one < numbers.Length; one++)
        {
            own[one] = sums.Sums[numbers[one]];
            for (var other = 0; other < numbers.Length; other++)
                products[(one * numbers.Length) + other] = sums.Products[(numbers[one] * VariantSums.Numbers) + numbers[other]];
        }

        return new JointMoments(sums.Count, own, products);
    }
}
