using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecoService.Neural;

/// <summary>NeuMF: He, Liao, Zhang, Nie, Hu, Chua, "Neural Collaborative Filtering", WWW 2017. The order of the parameters behind the rows is that of docs/workers.md.</summary>
internal sealed class PairNetwork : IPairNetwork
{
    /// <summary>Of the first rows.</summary>
    private const double Deviation = 0.1;

    private readonly int d;
    private readonly float dropout;
    private readonly Parameter userRows;
    private readonly Parameter itemRows;
    private readonly Linear first;
    private readonly Linear second;
    private readonly Linear last;

    private PairNetwork(int users, int items, PairOptions options, Device device)
    {
        (d, dropout) = (options.Factors, options.Dropout);
        userRows = Parameter(randn(users, 2 * d, device: device) * Deviation);
        itemRows = Parameter(randn(items, 2 * d, device: device) * Deviation);
        (first, second, last) = (Linear(2 * d, d), Linear(d, d / 2), Linear(d + (d / 2), 1));
        foreach (var layer in new[] { first, second, last })
            layer.to(device);
        Parameters = [userRows, itemRows, first.weight!, first.bias!, second.weight!, second.bias!, last.weight!, last.bias!];
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    /// <exception cref="WorkerException">The factors cannot be halved.</exception>
    public static IPairNetwork Of(Sequences training, PairOptions options, Device device) => options.Factors % 2 == 0
        ? new PairNetwork(training.OfUsers.Length, training.ItemCount, options, device)
        : throw new WorkerException($"factors ({options.Factors}) must be even.");

    public void Share()
    {
    }

    public Tensor Score(Tensor users, Tensor items, bool isTraining)
    {
        var (p, q) = (Lookup.Of(userRows, users).unsqueeze(1), Lookup.Of(itemRows, items));
        var product = Part(p, 0) * Part(q, 0);
        var hidden = cat([Part(p, 1).expand_as(Part(q, 1)), Part(q, 1)], 2);
        hidden = functional.dropout(functional.relu(first.call(hidden)), dropout, isTraining);
        hidden = functional.dropout(functional.relu(second.call(hidden)), dropout, isTraining);
        return last.call(cat([product, hidden], 2)).squeeze(2);

        Tensor Part(Tensor rows, int half) => rows.slice(2, half * d, (half + 1) * d, 1);
    }

    public Tensor Penalty(Tensor users, Tensor items) => Lookup.Of(userRows, users).square().sum(1).mean() + Lookup.Of(itemRows, items).square().sum(2).mean();

    public Tensor Loss(Tensor right, Tensor others) => PairLosses.OfProbabilities(right, others);

    /// <summary>User by user, for every pair has layers of its own.</summary>
    public Tensor ScoreAll(Tensor users)
    {
        var items = arange(itemRows.shape[0], int64, device: itemRows.device).unsqueeze(0);
        return cat([.. Enumerable.Range(0, (int)users.shape[0]).Select(user => Score(users.slice(0, user, user + 1, 1), items, isTraining: false))], 0);
    }

    public void Write(DatasetFolder dataset, int[] users, int[] items)
    {
        dataset.WriteModelArray("user-rows", userRows.Values().Known(users, 2 * d));
        dataset.WriteModelArray("item-rows", itemRows.Values().Known(items, 2 * d));
        dataset.WriteModelArray("network-weights", [.. Parameters.Skip(2).SelectMany(parameter => parameter.Values())]);
        dataset.WriteModel(new { form = "neumf", factors = d });
    }
}
