using System.Runtime.InteropServices;
using RecoService.Engine.Data;

namespace RecoService.Engine.Algorithms.Feedback;

/// <summary>
/// How probable it is that a user looks at a position of a list, relative to the position they look at most: the position-based model, in which an item is touched when it is looked at and
/// wanted (Richardson, Dominowska, Ragno, "Predicting Clicks", WWW 2007; Joachims, Swaminathan, Schnabel, "Unbiased Learning-to-Rank with Biased Feedback", WSDM 2017).
/// The rate of an item at a position is the product of both; its maximum-likelihood fit (Poisson) alternates between the positions and the items. What tells them apart is an item at several
/// positions. Where enough places were drawn, only these count, each by its inverse propensity: what was put there by its worth says little of the place.
/// </summary>
public sealed class Examination
{
    /// <summary>Positions with a probability of their own; those below follow the curve.</summary>
    private const int OwnPositions = 50;

    /// <summary>Touches at drawn places from which on only these count.</summary>
    private const int EnoughDrawn = 100;

    /// <summary>By how much one drawn place may count.</summary>
    private const float MostWeight = 20;

    private const int Rounds = 30;

    /// <summary>An item counts as if it had been shown so often at the usual rate besides.</summary>
    private const double ItemPrior = 10;

    /// <summary>A position follows the curve as far as it has not this many touches.</summary>
    private const double PositionPrior = 20;

    private const double SteepestCurve = 3;
    private const float Least = 0.01f;

    private readonly float[] probabilities;
    private readonly double fall;
    private readonly double scale;

    /// <param name="probabilities">Of the first positions.</param>
    /// <param name="fall">The power of the position by which they fall further down.</param>
    /// <param name="scale">What that is multiplied by.</param>
    /// <param name="isOfDrawn">Whether it was learned from drawn places.</param>
    private Examination(float[] probabilities, double fall, double scale, bool isOfDrawn) =>
        (this.probabilities, this.fall, this.scale, IsOfDrawn) = (probabilities, fall, scale, isOfDrawn);

    /// <summary>Users look at every position.</summary>
    public static Examination Everywhere { get; } = new([], 0, 1, isOfDrawn: false);

    /// <summary>Whether it was learned from drawn places.</summary>
    public bool IsOfDrawn { get; }

    /// <summary>0.01..1.</summary>
    /// <param name="place">Counted from 0.</param>
    public float At(int place) => place < probabilities.Length ? probabilities[place] : (float)Math.Clamp(scale * Math.Pow(place + 1, -fall), Least, 1);

    /// <summary>Of the lists that users were shown; <see cref="Everywhere"/> where nothing was touched.</summary>
    public static Examination Of(Exposures exposures)
    {
        var drawn = Cells.Of(exposures, drawnOnly: true);
        var isOfDrawn = drawn.Touches >= EnoughDrawn && drawn.Positions > 1;
        var cells = isOfDrawn ? drawn : Cells.Of(exposures, drawnOnly: false);
        if (cells.Touches == 0 || cells.Positions < 2)
            return Everywhere;
        var rates = Fit(cells);
        var (exponent, intercept) = CurveOf(rates, cells.TouchesAt);
        var smooth = new double[OwnPositions];
        for (var place = 0; place < OwnPositions; place++)
        {
            var curve = intercept - (exponent * Math.Log(place + 1));
            var own = cells.TouchesAt[place] / (cells.TouchesAt[place] + PositionPrior);
            smooth[place] = Math.Exp(rates[place] > 0 ? (own * Math.Log(rates[place])) + ((1 - own) * curve) : curve);
        }

        var most = smooth.Max();
        return new Examination(Array.ConvertAll(smooth, value => (float)Math.Max(Least, value / most)), exponent, Math.Exp(intercept) / most, isOfDrawn);
    }

    /// <summary>The rate of each position with the worth of the items taken out, up to a common factor.</summary>
    private static double[] Fit(Cells cells)
    {
        var usual = cells.Touched.Sum() / cells.Shown.Sum();
        var worth = new double[cells.Items];
        Array.Fill(worth, usual);
        var looks = new double[OwnPositions];
        Array.Fill(looks, 1);
        var (expected, touched) = (new double[Math.Max(OwnPositions, cells.Items)], new double[Math.Max(OwnPositions, cells.Items)]);
        for (var round = 0; round < Rounds; round++)
        {
            Sum(cells.PlaceOf, cells.ItemOf, worth, OwnPositions);
            for (var place = 0; place < OwnPositions; place++)
                looks[place] = expected[place] > 0 ? touched[place] / expected[place] : 0;
            // Both sides may grow and shrink by the same factor.
            var mean = looks.Zip(cells.ShownAt, (look, shown) => look * shown).Sum() / cells.ShownAt.Sum();
            for (var place = 0; place < OwnPositions; place++)
                looks[place] /= mean;
            Sum(cells.ItemOf, cells.PlaceOf, looks, cells.Items);
            for (var item = 0; item < cells.Items; item++)
                worth[item] = (touched[item] + (ItemPrior * usual)) / (expected[item] + ItemPrior);
        }

        return looks;

        void Sum(List<int> by, List<int> over, double[] factors, int count)
        {
            expected.AsSpan(0, count).Clear();
            touched.AsSpan(0, count).Clear();
            for (var cell = 0; cell < by.Count; cell++)
            {
                expected[by[cell]] += cells.Shown[cell] * factors[over[cell]];
                touched[by[cell]] += cells.Touched[cell];
            }
        }
    }

    /// <summary>The power of the position that fits best in logarithms, positions by their touches.</summary>
    private static (double Exponent, double Intercept) CurveOf(double[] rates, double[] touches)
    {
        var (weights, x, y, xx, xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (var place = 0; place < rates.Length; place++)
        {
            if (rates[place] <= 0)
                continue;
            var (log, value, weight) = (Math.Log(place + 1), Math.Log(rates[place]), touches[place]);
            weights += weight;
            x += weight * log;
            y += weight * value;
            xx += weight * log * log;
            xy += weight * log * value;
        }

        var spread = (weights * xx) - (x * x);
        var exponent = spread <= 0 ? 0 : Math.Clamp(-((weights * xy) - (x * y)) / spread, 0, SteepestCurve);
        return (exponent, (y + (exponent * x)) / weights);
    }

    /// <summary>How often each item was shown and touched at each position, weighted.</summary>
    private sealed class Cells
    {
        private readonly Dictionary<(int Item, int Place), int> cellOf = [];
        private readonly Dictionary<int, int> itemNumbers = [];

        public List<int> ItemOf { get; } = [];

        public List<int> PlaceOf { get; } = [];

        public List<double> Shown { get; } = [];

        public List<double> Touched { get; } = [];

        /// <summary>By position, weighted.</summary>
        public double[] ShownAt { get; } = new double[OwnPositions];

        /// <summary>By position, as often as it happened.</summary>
        public double[] TouchesAt { get; } = new double[OwnPositions];

        public int Items => itemNumbers.Count;

        public double Touches => TouchesAt.Sum();

        public int Positions => TouchesAt.Count(touches => touches > 0);

        public static Cells Of(Exposures exposures, bool drawnOnly)
        {
            var cells = new Cells();
            for (var list = 0; list < exposures.ListCount && (!drawnOnly || exposures.HasDrawn); list++)
            {
                var items = exposures.ItemsOf(list);
                for (var place = 0; place < Math.Min(items.Length, OwnPositions); place++)
                {
                    var propensity = exposures.PropensityAt(list, place);
                    if (items[place] >= 0 && (!drawnOnly || propensity < 1))
                        cells.Add(items[place], place, drawnOnly ? Math.Min(1 / propensity, MostWeight) : 1, exposures.IsTouched(list, place));
                }
            }

            return cells;
        }

        private void Add(int item, int place, double weight, bool isTouched)
        {
            ref var cell = ref CollectionsMarshal.GetValueRefOrAddDefault(cellOf, (item, place), out var isKnown);
            if (!isKnown)
            {
                cell = cellOf.Count - 1;
                ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(itemNumbers, item, out var isKnownItem);
                if (!isKnownItem)
                    number = itemNumbers.Count - 1;
                ItemOf.Add(number);
                PlaceOf.Add(place);
                Shown.Add(0);
                Touched.Add(0);
            }

            Shown[cell] += weight;
            ShownAt[place] += weight;
            Touched[cell] += isTouched ? weight : 0;
            TouchesAt[place] += isTouched ? 1 : 0;
        }
    }
}
