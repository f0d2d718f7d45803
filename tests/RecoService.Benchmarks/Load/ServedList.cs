using System.Text;

namespace RecoService.Benchmarks.Load;

/// <summary>What a list holds, read from the bytes of its answer.</summary>
internal static class ServedList
{
    public static string FirstItemOf(ReadOnlySpan<byte> answer)
    {
        var rest = answer[(answer.IndexOf("\"itemId\":\""u8) + "\"itemId\":\"".Length)..];
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)'"')]);
    }

    public static bool Holds(ReadOnlySpan<byte> answer, string itemId) => answer.IndexOf(Encoding.UTF8.GetBytes($"\"itemId\":\"{itemId}\"")) >= 0;
}
