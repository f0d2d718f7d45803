using System.Buffers;
using CsvHelper;
using RecoService.Api.Recommendations;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Rules;

namespace RecoService.Api.Exporting;

internal enum ListFormat
{
    Csv,
    Ndjson,
}

/// <summary>Every user's list as a file.</summary>
internal static class ListFile
{
    private const int UsersPerBlock = 512;

    /// <summary>By the end of the name; null when it says nothing.</summary>
    public static ListFormat? FormatOf(FileInfo? file) => file?.Extension.ToLowerInvariant() switch
    {
        ".csv" => ListFormat.Csv,
        ".ndjson" => ListFormat.Ndjson,
        _ => null,
    };

    /// <summary>Writes a list per user, in the order of the state, with as many threads as there are cores; memory does not grow with the users.</summary>
    /// <returns>How many users have a list.</returns>
    public static async Task<int> WriteAsync(
        ServingState state, RuleSet rules, ListFormat format, int limit, DateTimeOffset now, Stream output, IProgress<int> progress, CancellationToken cancellationToken)
    {
        if (format == ListFormat.Csv)
            await output.WriteAsync("userId,rank,itemId,score,source\n"u8.ToArray(), cancellationToken);
        var userCount = state.Users.Count;
        var buffers = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new ArrayBufferWriter<byte>()).ToArray();
        var written = 0;
        for (var first = 0; first < userCount; first += buffers.Length * UsersPerBlock)
        {
            var start = first;
            Parallel.For(0, buffers.Length, new ParallelOptions { CancellationToken = cancellationToken }, block =>
                Interlocked.Add(ref written, WriteBlock(state, rules, start + (block * UsersPerBlock), format, limit, now, buffers[block])));
            foreach (var buffer in buffers)
            {
                await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
                buffer.ResetWrittenCount();
            }

            progress.Report(Math.Min(first + (buffers.Length * UsersPerBlock), userCount));
        }

        return written;
    }

    private static int WriteBlock(ServingState state, RuleSet rules, int first, ListFormat format, int limit, DateTimeOffset now, ArrayBufferWriter<byte> output)
    {
        var userIds = new List<string>(UsersPerBlock);
        for (var user = first; user < Math.Min(first + UsersPerBlock, state.Users.Count); user++)
        {
            if (state.Users.IsKnown(user))
                userIds.Add(state.Users[user]);
        }

        if (format == ListFormat.Ndjson)
            UserList.WriteLines(state, [.. userIds], limit, now, rules, output);
        else
            WriteRows(state, rules, userIds, limit, now, output);
        return userIds.Count;
    }

    private static void WriteRows(ServingState state, RuleSet rules, List<string> userIds, int limit, DateTimeOffset now, ArrayBufferWriter<byte> output)
    {
        var lists = state.RecommendMany([.. userIds.Select(userId => state.Users.TryGetIndex(userId, out var index) ? index : -1)], limit, now.ToUnixTimeMilliseconds(), rules);
        using var rows = new MemoryStream();
        using (var csv = CsvWriter.Create(rows, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            for (var user = 0; user < lists.Length; user++)
            {
                for (var rank = 0; rank < lists[user].Count; rank++)
                {
                    var candidate = lists[user][rank];
                    csv.WriteField(userIds[user]);
                    csv.WriteField(rank + 1);
                    csv.WriteField(state.Items[candidate.ItemIndex]);
                    csv.WriteField(candidate.Score);
                    csv.WriteField(candidate.Source);
                    csv.EndRecord();
                }
            }
        }

        output.Write(rows.GetBuffer().AsSpan(0, (int)rows.Length));
    }
}
