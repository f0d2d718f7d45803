using System.Text;

namespace RecoService.Api.Importing.Mapping;

/// <summary>What the values of a field are called in a file, and what they are.</summary>
internal sealed class ValueMap
{
    private readonly (byte[] From, byte[] To)[] pairs;

    public ValueMap(IEnumerable<(string From, string To)> pairs) =>
        this.pairs = [.. pairs.Select(pair => (Encoding.UTF8.GetBytes(pair.From), Encoding.UTF8.GetBytes(pair.To)))];

    /// <summary>What the value stands for; itself when nothing is said of it.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> value)
    {
        foreach (var (from, to) in pairs)
        {
            if (value.SequenceEqual(from))
                return to;
        }

        return value;
    }
}
