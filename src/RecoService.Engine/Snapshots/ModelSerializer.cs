using RecoService.Engine.Algorithms.Content;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.LinearRanking;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Algorithms.RatingKnn;
using RecoService.Engine.Algorithms.RatingUserKnn;
using RecoService.Engine.Algorithms.SlopeOne;
using RecoService.Engine.Algorithms.UserKnn;
using RecoService.Engine.Training;

namespace RecoService.Engine.Snapshots;

/// <summary>
/// Models as bytes, little-endian: magic, format version, model type, what the model writes, and a CRC-32C of everything before it.
/// Reads and writes in pieces; beyond the model's own arrays the memory needed is constant.
/// </summary>
public static class ModelSerializer
{
    private const long Magic = 0x4C444F4D4F434552; // "RECOMODL"
    private const int FormatVersion = 3;

    /// <exception cref="ArgumentException">The model is of a type that has no stored form.</exception>
    public static void Write(IScorer model, Stream stream)
    {
        var writer = new ChecksummedWriter(stream);
        writer.WriteInt64(Magic);
        writer.WriteInt32(FormatVersion);
        WriteModel(writer, model);
        writer.WriteChecksum();
    }

    /// <exception cref="InvalidDataException">The bytes are not a model, were cut short or damaged, or come from a newer version; the message says which.</exception>
    public static IScorer Read(Stream stream)
    {
        var reader = new ChecksummedReader(stream);
        if (reader.ReadInt64() != Magic)
            throw new InvalidDataException("This is not a stored model.");
        if (reader.ReadInt32() is var version && version != FormatVersion)
            throw new InvalidDataException($"The stored model has format version {version}; this program reads version {FormatVersion}.");

        var build = ReadModel(reader);
        reader.VerifyChecksum();
        try
        {
            return build();
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"The stored model contradicts itself: {exception.Message}", exception);
        }
    }

    /// <summary>Writes a model, or a part of a model that is one itself.</summary>
    /// <exception cref="ArgumentException">The model is of a type that has no stored form.</exception>
    internal static void WriteModel(ChecksummedWriter writer, IScorer model)
    {
        writer.WriteInt32((int)TypeOf(model));
        ((IStoredModel)model).Write(writer);
    }

    /// <summary>Reads what <see cref="WriteModel"/> wrote; the model is built only after the checksum was found right.</summary>
    internal static Func<IScorer> ReadModel(ChecksummedReader reader) => (ModelType)reader.ReadInt32() switch
    {
        ModelType.Factors => FactorModel.Read(reader),
        ModelType.Popularity => PopularityModel.Read(reader),
        ModelType.ItemWeights => ItemWeightsModel.Read(reader),
        ModelType.Content => ContentModel.Read(reader),
        ModelType.UserKnn => UserKnnModel.Read(reader),
        ModelType.RatingKnn => RatingKnnModel.Read(reader),
        ModelType.RatingUserKnn => RatingUserKnnModel.Read(reader),
        ModelType.SlopeOne => SlopeOneModel.Read(reader),
        ModelType.Hybrid => HybridModel.Read(reader),
        ModelType.TwoStage => TwoStageModel.Read(reader),
        ModelType.FormerHybrid => throw new InvalidDataException("The stored hybrid is of an earlier version, which blended otherwise; the next model run makes a new one."),
        var type => throw new InvalidDataException($"The stored model is of the unknown type {(int)type}."),
    };

    private static ModelType TypeOf(IScorer model) => model switch
    {
        FactorModel => ModelType.Factors,
        PopularityModel => ModelType.Popularity,
        ItemWeightsModel => ModelType.ItemWeights,
        ContentModel => ModelType.Content,
        UserKnnModel => ModelType.UserKnn,
        RatingKnnModel => ModelType.RatingKnn,
        RatingUserKnnModel => ModelType.RatingUserKnn,
        SlopeOneModel => ModelType.SlopeOne,
        HybridModel => ModelType.Hybrid,
        TwoStageModel => ModelType.TwoStage,
        _ => throw new ArgumentException($"{model.GetType().Name} has no stored form.", nameof(model)),
    };

    /// <summary>The numbers are stored: none is ever used again for something else.</summary>
    private enum ModelType
    {
        Factors = 1,
        Popularity = 2,
        ItemWeights = 3,
        UserKnn = 4,
        RatingKnn = 5,
        SlopeOne = 6,
        Content = 7,
        FormerHybrid = 9,
        TwoStage = 10,
        RatingUserKnn = 11,
        Hybrid = 12,
    }
}
