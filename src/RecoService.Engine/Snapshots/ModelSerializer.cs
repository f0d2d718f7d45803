using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Engine.Snapshots;

/// <summary>
/// Models as bytes, little-endian: magic, version of this frame, name and version of the model's format, and what the model writes. Whoever keeps the bytes keeps a
/// checksum of them, and holds them against it before they are read here. Reads and writes in pieces; beyond the model's own arrays the memory needed is constant.
/// </summary>
public static class ModelSerializer
{
    private const long Magic = 0x4C444F4D4F434552; // "RECOMODL"
    private const int FrameVersion = 5;

    /// <exception cref="ArgumentException">The model is of a type that has no stored form.</exception>
    public static void Write(IScorer model, Stream stream)
    {
        var writer = new ModelWriter(stream);
        writer.WriteInt64(Magic);
        writer.WriteInt32(FrameVersion);
        writer.WritePart(model);
    }

    /// <param name="stream">At the start of a model; afterwards behind it.</param>
    /// <param name="formats">Those that may occur.</param>
    /// <exception cref="InvalidDataException">The bytes are not a model, were cut short, contradict themselves, or come from another version; the message says which.</exception>
    public static IScorer Read(Stream stream, StoredFormats formats)
    {
        var reader = new ModelReader(stream, formats);
        if (reader.ReadInt64() != Magic)
            throw new InvalidDataException("This is not a stored model.");
        if (reader.ReadInt32() is var version && version != FrameVersion)
            throw new InvalidDataException($"The stored model has format version {version}; this program reads version {FrameVersion}. The next model run makes a new one.");

        var build = reader.ReadPart<IScorer>();
        try
        {
            return build();
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"The stored model contradicts itself: {exception.Message}", exception);
        }
    }
}
