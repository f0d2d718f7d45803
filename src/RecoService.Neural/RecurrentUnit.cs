using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecoService.Neural;

/// <summary>
/// The encoder of GRU4Rec: Hidasi, Karatzoglou, Baltrunas, Tikk, "Session-based Recommendations with Recurrent Neural Networks", ICLR 2016, with the same rows read and scored against.
/// The order of the parameters is that of docs/workers.md.
/// </summary>
internal sealed class RecurrentUnit : ISequenceNetwork
{
    private readonly SequenceOptions options;
    private readonly GRU unit;
    private readonly Linear toVector;

    private RecurrentUnit(int itemCount, SequenceOptions options, Device device)
    {
        this.options = options;
        Items = Parameter(randn(itemCount, options.Factors, device: device) / Math.Sqrt(options.Factors));
        unit = GRU(options.Factors, options.Hidden, batchFirst: true);
        toVector = Linear(options.Hidden, options.Factors);
        unit.to(device);
        toVector.to(device);
        var named = unit.named_parameters().ToDictionary(parameter => parameter.name, parameter => parameter.parameter, StringComparer.Ordinal);
        Parameters = [Items, named["weight_ih_l0"], named["bias_ih_l0"], named["weight_hh_l0"], named["bias_hh_l0"], toVector.weight!, toVector.bias!];
    }

    public Parameter Items { get; }

    public IReadOnlyList<Parameter> Parameters { get; }

    public object Form => new { form = "sequence", encoder = "gru", options.Factors, options.MaxLength, options.Hidden };

    public static ISequenceNetwork Of(int itemCount, SequenceOptions options, Device device) => new RecurrentUnit(itemCount, options, device);

    public Tensor Encode(Tensor items, bool isTraining)
    {
        var rows = functional.dropout(Lookup.Of(Items, items), options.Dropout, isTraining);
        var (states, _) = unit.call(rows);
        return toVector.call(functional.dropout(states, options.Dropout, isTraining));
    }
}
