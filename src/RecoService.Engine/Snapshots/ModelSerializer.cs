using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Snapshots;

/// <summary>
/// Models as bytes, little-endian: magic, format version, model type, counts, keys, values, and a CRC-32C of everything before it.
/// Reads and writes in pieces; beyond the model's own arrays the memory needed is constant.
/// </summary>
public static class ModelSerializer
{
    private const long Magic = 0x4C444F4D4F434552; // "RECOMODL"
    private const int FormatVersion = 1;

    /// <exception cref="ArgumentException">The model is of a type that has no stored form.</exception>
    public static void Write(IScorer model, Stream stream)
    {
        var writer = new ChecksummedWriter(stream);
        writer.WriteInt64(Magic);
        writer.WriteInt32(FormatVersion);
        switch (model)
        {
            case FactorModel factors:
                writer.WriteInt32((int)ModelType.Factors);
                WriteFactors(writer, factors);
                break;
            case PopularityModel popularity:
                writer.WriteInt32((int)ModelType.Popularity);
                WritePopularity(writer, popularity);
                break;
            default:
                throw new ArgumentException($"{model.GetType().Name} has no stored form.", nameof(model));
        }

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

        var type = (ModelType)reader.ReadInt32();
        try
        {
            return type switch
            {
                ModelType.Factors => ReadFactors(reader),
                ModelType.Popularity => ReadPopularity(reader),
                _ => throw new InvalidDataException($"The stored model is of the unknown type {(int)type}."),
            };
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"The stored model contradicts itself: {exception.Message}", exception);
        }
    }

    private static void WriteFactors(ChecksummedWriter writer, FactorModel model)
    {
        writer.WriteInt32(model.Users.Count);
        writer.WriteInt32(model.Items.Count);
        writer.WriteInt32(model.UserFactors.Factors);
        writer.WriteInt32(model.UserBiases.Length);
        writer.WriteInt32(model.ItemBiases.Length);
        writer.WriteSingle(model.Mean);
        writer.WriteSingle(model.MeanUserEntries);
        writer.WriteInts(model.Users.Keys);
        writer.WriteInts(model.Items.Keys);
        writer.WriteFloats(model.UserFactors.Values);
        writer.WriteFloats(model.ItemFactors.Values);
        writer.WriteFloats(model.UserBiases);
        writer.WriteFloats(model.ItemBiases);
    }

    private static FactorModel ReadFactors(ChecksummedReader reader)
    {
        var userCount = reader.ReadCount();
        var itemCount = reader.ReadCount();
        var factors = reader.ReadCount();
        var userBiasCount = reader.ReadCount();
        var itemBiasCount = reader.ReadCount();
        var mean = reader.ReadSingle();
        var meanUserEntries = reader.ReadSingle();
        var users = reader.ReadInts(userCount);
        var items = reader.ReadInts(itemCount);
        var userFactors = reader.ReadFloats((long)userCount * factors);
        var itemFactors = reader.ReadFloats((long)itemCount * factors);
        var userBiases = reader.ReadFloats(userBiasCount);
        var itemBiases = reader.ReadFloats(itemBiasCount);
        reader.VerifyChecksum();
        return new FactorModel(
            KeyMap.FromAscending(users), KeyMap.FromAscending(items),
            new FactorMatrix(userCount, factors, userFactors), new FactorMatrix(itemCount, factors, itemFactors),
            mean, userBiases, itemBiases, meanUserEntries);
    }

    private static void WritePopularity(ChecksummedWriter writer, PopularityModel model)
    {
        writer.WriteInt32(model.Users.Count);
        writer.WriteInt32(model.Items.Count);
        writer.WriteInts(model.Users.Keys);
        writer.WriteInts(model.Items.Keys);
        writer.WriteFloats(model.Scores);
    }

    private static PopularityModel ReadPopularity(ChecksummedReader reader)
    {
        var userCount = reader.ReadCount();
        var itemCount = reader.ReadCount();
        var users = reader.ReadInts(userCount);
        var items = reader.ReadInts(itemCount);
        var scores = reader.ReadFloats(itemCount);
        reader.VerifyChecksum();
        return new PopularityModel(KeyMap.FromAscending(users), KeyMap.FromAscending(items), scores);
    }

    private enum ModelType
    {
        Factors = 1,
        Popularity = 2,
    }
}
