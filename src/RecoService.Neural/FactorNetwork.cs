using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecoService.Neural;

/// <summary>
/// A score is the dot product of two rows. Without a graph that is a matrix factorization with item biases (Rendle et al., "Neural Collaborative Filtering vs. Matrix Factorization Revisited",
/// RecSys 2020). With it the rows are first averaged with those of their neighbours, layer by layer: He et al., "LightGCN", SIGIR 2020.
/// </summary>
internal sealed class FactorNetwork : IPairNetwork
{
    /// <summary>Of the first rows.</summary>
    private const double Deviation = 0.1;

    /// <summary>Weight of the squared row of a user who is folded in, per comparison.</summary>
    private const float FoldInRegularization = 0.03f;

    private readonly int userCount;
    private readonly int layers;
    private readonly Parameter rows;
    private readonly Parameter? biases;
    private readonly Tensor? graph;
    private Tensor shared;

    private FactorNetwork(Sequences sequences, PairOptions options, Device device, Tensor? graph)
    {
        var (users, items) = (sequences.OfUsers.Length, sequences.ItemCount);
        (userCount, layers, this.graph) = (users, options.Layers, graph);
        rows = Parameter(randn(users + items, options.Factors, device: device) * Deviation);
        biases = graph is null ? Parameter(zeros(items, device: device)) : null;
        shared = rows;
        Parameters = biases is null ? [rows] : [rows, biases];
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    public static IPairNetwork OfRows(Sequences training, PairOptions options, Device device) => new FactorNetwork(training, options, device, null);

    public static IPairNetwork OfGraph(Sequences training, PairOptions options, Device device) => new FactorNetwork(training, options, device, GraphOf(training, device));

    public void Share()
    {
        if (graph is null)
            return;
        var (layer, sum) = ((Tensor)rows, (Tensor)rows);
        for (var done = 0; done < layers; done++)
        {
            layer = graph.mm(layer);
            sum += layer;
        }

        shared = sum / (layers + 1);
    }

    public Tensor Score(Tensor users, Tensor items, bool isTraining)
    {
        var scores = (Lookup.Of(shared, users).unsqueeze(1) * Lookup.Of(shared, items + userCount)).sum(2);
        return biases is null ? scores : scores + biases.index_select(0, items.flatten()).view(items.shape);
    }

    public Tensor Penalty(Tensor users, Tensor items) => Lookup.Of(rows, users).square().sum(1).mean() + Lookup.Of(rows, items + userCount).square().sum(2).mean();

    /// <summary>By comparison on the graph, as LightGCN is trained; else as a probability, as what it is held against.</summary>
    public Tensor Loss(Tensor right, Tensor others) => graph is null ? PairLosses.OfProbabilities(right, others) : functional.softplus(others - right).mean();

    public Tensor ScoreAll(Tensor users)
    {
        var scores = Lookup.Of(shared, users).matmul(shared.slice(0, userCount, shared.shape[0], 1).transpose(0, 1));
        return biases is null ? scores : scores + biases;
    }

    public void Write(DatasetFolder dataset, int[] users, int[] items)
    {
        using var still = no_grad();
        Share();
        var factors = (int)rows.shape[1];
        var (values, all) = (shared.Values(), biases?.Values() ?? new float[dataset.Manifest.Items]);
        dataset.WriteModelArray("user-factors", values[..(userCount * factors)].Known(users, factors));
        dataset.WriteModelArray("item-factors", values[(userCount * factors)..].Known(items, factors));
        dataset.WriteModelArray("item-biases", all.Known(items, 1));
        dataset.WriteModel(new { form = "factors", factors, foldIn = new { kind = "comparisons", regularization = FoldInRegularization } });
    }

    /// <summary>Users and items, one behind the other; an edge weighs 1 / sqrt(edges of the one x edges of the other).</summary>
    private static Tensor GraphOf(Sequences training, Device device)
    {
        var (users, items) = (training.OfUsers.Length, training.ItemCount);
        var usersOfItem = new int[items];
        foreach (var item in training.OfUsers.SelectMany(row => row))
            usersOfItem[item]++;
        var (from, to, weights) = (new List<long>(), new List<long>(), new List<float>());
        for (var user = 0; user < users; user++)
        {
            foreach (var item in training.OfUsers[user])
            {
                from.AddRange([user, users + item]);
                to.AddRange([users + item, user]);
                var weight = 1 / MathF.Sqrt((float)training.OfUsers[user].Length * usersOfItem[item]);
                weights.AddRange([weight, weight]);
            }
        }

        var indexes = tensor([.. from, .. to], [2, from.Count], device: device);
        return sparse_coo_tensor(indexes, tensor(weights.ToArray(), device: device), [users + items, users + items]);
    }
}
