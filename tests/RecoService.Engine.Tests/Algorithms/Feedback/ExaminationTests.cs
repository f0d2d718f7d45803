using FsCheck.Xunit;
using RecoService.Engine.Algorithms.Feedback;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Algorithms.Feedback;

public sealed class ExaminationTests
{
    private const int Items = 40;
    private const int Places = 10;

    [Fact]
    public void Of_NothingTouchedOrShown_IsEverywhere()
    {
        Assert.Same(Examination.Everywhere, Examination.Of(Exposures.None));
        Assert.Same(Examination.Everywhere, Examination.Of(Shown(lists: 100, (_, _, _) => false)));
        Assert.Equal((1f, 1f), (Examination.Everywhere.At(0), Examination.Everywhere.At(500)));
    }

    [Fact]
    public void Of_ItemsAtSeveralPositions_PartsLooksFromWorth()
    {
        // Good items, those of low index, stand at the top more often, so that touches alone fall faster than looks do.
        var exposures = Shown(lists: 20_000, (random, item, place) => random < Look(place) * Worth(item), mostlyInOrder: true);

        var examination = Examination.Of(exposures);

        Assert.False(examination.IsOfDrawn);
        for (var place = 0; place < Places; place++)
            Assert.InRange(examination.At(place), 0.85 * Look(place), 1.15 * Look(place));
        // Below the shown ones the curve goes on to fall.
        Assert.InRange(examination.At(30), 0.03, examination.At(9));
        Assert.InRange(examination.At(10_000), 0.01f, examination.At(60));
    }

    [Fact]
    public void Of_DrawnPlaces_LooksAtTheseAlone()
    {
        // At the undrawn places stands whatever is touched always; at the drawn ones, the second and the last, every item is as probable.
        var exposures = Shown(lists: 20_000, (random, item, place) => place is not (1 or 9) || random < Look(place) * Worth(item), drawn: place => place is 1 or 9);

        var examination = Examination.Of(exposures);

        Assert.True(examination.IsOfDrawn);
        // Both are known up to a factor; the power of the position that leads through both gives the top: (Look(1) / Look(9)) = 5 ^ exponent, and Look(1) = 2 ^ -exponent.
        var exponent = Math.Log(Look(1) / Look(9)) / Math.Log(5);
        Assert.Equal(1, examination.At(0));
        Assert.InRange(examination.At(1), 0.9 * Math.Pow(2, -exponent), 1.1 * Math.Pow(2, -exponent));
        Assert.InRange(examination.At(9), 0.9 * Math.Pow(10, -exponent), 1.1 * Math.Pow(10, -exponent));
    }

    [Fact]
    public void Of_DrawnWithOtherPropensities_WeighsThem()
    {
        // A place is drawn among a good item (touched in half of the lists) and a bad one (never). At place 0 the good one stands in 9 of 10 lists, at place 1 in 1 of 10; looks are the same at both.
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var list = 0; list < 4_000; list++)
        {
            var place = list % 2;
            var isGood = list / 2 % 10 < (place == 0 ? 9 : 1);
            var propensity = isGood == (place == 0) ? 0.9f : 0.1f;
            builder.Add(list, isGood ? 1 : 2, Datasets.View, 0, 1);
            long[] touched = [Exposures.Untouched, Exposures.Untouched];
            if (isGood && list / 20 % 2 == 0)
                touched[place] = 2;
            builder.AddShown(list, 1, place == 0 ? [isGood ? 1 : 2, 3] : [3, isGood ? 1 : 2], touched, place == 0 ? [propensity, 1] : [1, propensity]);
        }

        var examination = Examination.Of(builder.Build().Exposures);

        Assert.True(examination.IsOfDrawn);
        Assert.InRange(examination.At(0), 0.9f, 1);
        Assert.InRange(examination.At(1), 0.9f, 1);
    }

    [Property]
    public bool At_AnyLog_IsAProbability(byte[] items, bool[] touches)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        builder.Add(0, 0, Datasets.View, 0, 1);
        long[] touchedAt = [.. items.Select((_, place) => touches.Length > 0 && touches[place % touches.Length] ? 2 : Exposures.Untouched)];
        builder.AddShown(0, 1, Array.ConvertAll(items, item => (int)item), touchedAt);

        var examination = Examination.Of(builder.Build().Exposures);

        return Enumerable.Range(0, 300).All(place => examination.At(place) is >= 0.01f and <= 1);
    }

    private static double Look(int place) => 1 / (1 + (0.5 * place));

    private static double Worth(int item) => 0.6 * Math.Exp(-item / 15.0);

    private static Exposures Shown(int lists, Func<double, int, int, bool> isTouched, bool mostlyInOrder = false, Func<int, bool>? drawn = null)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var item = 0; item < Items; item++)
            builder.Add(0, item, Datasets.View, 0, 1);
        var random = new SeededRandom(4, 0);
        for (var list = 0; list < lists; list++)
        {
            int[] items = [.. Enumerable.Range(0, Items)];
            random.Shuffle(items.AsSpan());
            int[] shown = mostlyInOrder ? [.. items.Take(2 * Places).Order().Take(Places)] : items[..Places];
            var touched = new long[Places];
            for (var place = 0; place < Places; place++)
                touched[place] = isTouched(random.NextDouble(), shown[place], place) ? 2 : Exposures.Untouched;
            builder.AddShown(0, 1, shown, touched, drawn is null ? [] : [.. Enumerable.Range(0, Places).Select(place => drawn(place) ? 0.1f : 1)]);
        }

        return builder.Build().Exposures;
    }
}
