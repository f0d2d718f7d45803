using System.Buffers;
using RecoService.Engine.Data;
using RecoService.Engine.Models;

namespace RecoService.Engine.Composition;

/// <summary>Explains the scores of a composed model by those of its parts: see <see cref="ComposedModel.Contributions"/>.</summary>
/// <param name="ranked">Says how the ranker weighs them.</param>
/// <param name="parts">What retrieves.</param>
/// <param name="fallbacks">What fills up.</param>
internal sealed class PartContributions(RankedRetrieval ranked, IReadOnlyList<ModelPart> parts, IReadOnlyList<ModelPart> fallbacks)
{
    public bool CanExplain { get; } = parts.Concat(fallbacks).Any(part => part.Model is IExplainableScorer { CanExplain: true });

    /// <summary>As of <see cref="IExplainableScorer.Contributions"/>.</summary>
    public void Fill(in UserHistory user, ReadOnlySpan<int> items, Span<float> contributions, Span<ReasonCode> codes)
    {
        contributions = contributions[..(items.Length * user.Items.Length)];
        contributions.Clear();
        codes = codes[..items.Length];
        codes.Fill(ReasonCode.History);
        var workspace = new Workspace(items.Length, user.Items.Length);
        Span<float> slopes = parts.Count <= 64 ? stackalloc float[parts.Count] : new float[parts.Count];
        if (parts.Count > 0 && ranked.TrySlopes(user, slopes))
        {
            for (var part = 0; part < parts.Count; part++)
                AddWeighed(parts[part].Model, slopes[part], user, items, contributions, codes, workspace);
        }
        else
        {
            foreach (var part in parts)
                AddShares(part.Model, user, items, contributions, codes, workspace);
            workspace.Divide(contributions);
        }

        foreach (var fallback in fallbacks)
            FillIn(fallback.Model, user, items, contributions, codes, workspace);
        workspace.Dispose();
    }

    /// <summary>The reason is the one of the part that adds most.</summary>
    private static void AddWeighed(
        IScorer model, float slope, in UserHistory user, ReadOnlySpan<int> items, Span<float> contributions, Span<ReasonCode> codes, in Workspace workspace)
    {
        if (slope <= 0)
            return;
        workspace.Ask(model, user, items);
        for (var item = 0; item < items.Length; item++)
        {
            if (float.IsNaN(workspace.Scores[item]))
                continue;
            workspace.KnowingParts[item]++;
            if (slope * workspace.Scores[item] is var added && added > workspace.Most[item])
                (workspace.Most[item], codes[item]) = (added, workspace.Codes[item]);
        }

        for (var position = 0; position < contributions.Length; position++)
            contributions[position] += slope * workspace.Contributions[position];
    }

    /// <summary>The reason is the one of the first part that knows the item.</summary>
    private static void AddShares(
        IScorer model, in UserHistory user, ReadOnlySpan<int> items, Span<float> contributions, Span<ReasonCode> codes, in Workspace workspace)
    {
        workspace.Ask(model, user, items);
        for (var item = 0; item < items.Length; item++)
        {
            if (float.IsNaN(workspace.Scores[item]))
                continue;
            if (workspace.KnowingParts[item]++ == 0)
                codes[item] = workspace.Codes[item];
            var row = workspace.Contributions.Slice(item * user.Items.Length, user.Items.Length);
            if (PositiveSum(row) is > 0 and var sum)
            {
                for (var position = 0; position < row.Length; position++)
                    contributions[(item * row.Length) + position] += row[position] / sum;
            }
        }
    }

    private static void FillIn(
        IScorer model, in UserHistory user, ReadOnlySpan<int> items, Span<float> contributions, Span<ReasonCode> codes, in Workspace workspace)
    {
        if (!workspace.KnowingParts.Contains(0))
            return;
        workspace.Ask(model, user, items);
        for (var item = 0; item < items.Length; item++)
        {
            if (workspace.KnowingParts[item] > 0 || float.IsNaN(workspace.Scores[item]))
                continue;
            workspace.KnowingParts[item] = 1;
            codes[item] = workspace.Codes[item];
            workspace.Contributions.Slice(item * user.Items.Length, user.Items.Length).CopyTo(contributions[(item * user.Items.Length)..]);
        }
    }

    private static float PositiveSum(ReadOnlySpan<float> values)
    {
        var sum = 0f;
        foreach (var value in values)
            sum += Math.Max(0, value);
        return sum;
    }

    /// <summary>What a part says, and what was found so far; in pooled arrays.</summary>
    private readonly ref struct Workspace : IDisposable
    {
        private readonly float[] floats;
        private readonly int[] ints;
        private readonly ReasonCode[] reasons;

        public Workspace(int items, int history)
        {
            floats = ArrayPool<float>.Shared.Rent(items * (history + 2));
            ints = ArrayPool<int>.Shared.Rent(items);
            reasons = ArrayPool<ReasonCode>.Shared.Rent(items);
            Scores = floats.AsSpan(0, items);
            Most = floats.AsSpan(items, items);
            Contributions = floats.AsSpan(2 * items, items * history);
            KnowingParts = ints.AsSpan(0, items);
            Codes = reasons.AsSpan(0, items);
            Most.Clear();
            KnowingParts.Clear();
        }

        /// <summary>The part's score of each item.</summary>
        public Span<float> Scores { get; }

        /// <summary>What the part that adds most adds to each.</summary>
        public Span<float> Most { get; }

        /// <summary>|items| x |history|, of the part.</summary>
        public Span<float> Contributions { get; }

        /// <summary>How many parts know each item.</summary>
        public Span<int> KnowingParts { get; }

        /// <summary>The part's reason of each item.</summary>
        public Span<ReasonCode> Codes { get; }

        /// <summary>Asks a part.</summary>
        public void Ask(IScorer model, in UserHistory user, ReadOnlySpan<int> items)
        {
            model.Score(user, items, Scores);
            if (model is IExplainableScorer explainable)
            {
                explainable.Contributions(user, items, Contributions, Codes);
                return;
            }

            Contributions.Clear();
            Codes.Fill(ReasonCode.History);
        }

        /// <summary>Divides each row by how many parts know its item.</summary>
        public void Divide(Span<float> contributions)
        {
            var history = KnowingParts.Length == 0 ? 0 : contributions.Length / KnowingParts.Length;
            for (var item = 0; item < KnowingParts.Length; item++)
            {
                for (var position = item * history; KnowingParts[item] > 1 && position < (item + 1) * history; position++)
                    contributions[position] /= KnowingParts[item];
            }
        }

        public void Dispose()
        {
            ArrayPool<float>.Shared.Return(floats);
            ArrayPool<int>.Shared.Return(ints);
            ArrayPool<ReasonCode>.Shared.Return(reasons);
        }
    }
}
