using System.Data.Common;
using System.Text;

namespace RecoService.Storage.Importing;

/// <summary>Merges the attributes of staged records name by name, a page of rows at a time.</summary>
internal sealed class AttributesMerge(RecoDbContext context, RecordTable table, ImportRules rules)
{
    private const int PageRows = 10_000;
    private const int RowsPerUpdate = 500;

    /// <summary>Turns the patches in the staged rows into the attributes to be stored; rows whose attributes become too long are left out and named.</summary>
    public async Task PatchAsync(StoreProvider provider, Action<long, string> addConflict, CancellationToken ct)
    {
        var stored = rules.Replace ? "NULL" : "t.attributes_json";
        var sql = $"""
            SELECT s.line, s.attributes_json, {stored} FROM import_records s JOIN {table.Name} t ON t.id = s.id
            WHERE s.line > @after AND s.attributes_json IS NOT NULL AND (s.attributes_json LIKE '%:null%' OR {stored} <> s.attributes_json)
            ORDER BY s.line LIMIT {PageRows} {(provider.ForUpdate.Length > 0 ? "FOR UPDATE OF t" : "")}
            """;
        var after = 0L;
        List<(long Line, string Patch, string? Stored)> page;
        do
        {
            page = await ReadAsync(sql, row => (row.GetInt64(0), row.GetString(1), row.GetText(2)), ct, ("after", after));
            List<(long Line, string? Json)> patched = [];
            foreach (var (line, patch, attributes) in page)
            {
                var json = AttributesPatch.Apply(attributes, patch)!;
                if (json == "{}" && attributes is null)
                {
                    // Nothing is cleared where there was nothing.
                    patched.Add((line, null));
                    continue;
                }

                var bytes = Encoding.UTF8.GetByteCount(json);
                if (bytes <= rules.AttributesBytes)
                {
                    patched.Add((line, json));
                    continue;
                }

                addConflict(line, $"The attributes merged with the stored ones have {bytes} bytes of JSON; at most {rules.AttributesBytes} are allowed.");
                await context.ExecuteAsync("DELETE FROM import_records WHERE line = @line", ct, ("line", line));
            }

            await UpdateAsync(patched, ct);
            after = page.Count == 0 ? after : page[^1].Line;
        }
        while (page.Count == PageRows);
    }

    /// <summary>Gives the attributes of each row the names that only later rows of its id know; the first row of an id then knows them all.</summary>
    public async Task FillAsync(CancellationToken ct)
    {
        var sql = $"""
            SELECT kept_line, line, attributes_json FROM import_records
            WHERE kept_line IS NOT NULL AND attributes_json IS NOT NULL AND (kept_line > @kept OR (kept_line = @kept AND line > @line))
            ORDER BY kept_line, line LIMIT {PageRows}
            """;
        (long Kept, long Line) after = (0, 0);
        var first = 0L;
        var attributes = "";
        List<(long Kept, long Line, string Json)> page;
        do
        {
            page = await ReadAsync(sql, row => (row.GetInt64(0), row.GetInt64(1), row.GetString(2)), ct, ("kept", after.Kept), ("line", after.Line));
            // The first row of an id that has attributes takes those of all: it is the one whose value wins.
            Dictionary<long, string> filled = [];
            foreach (var (kept, line, json) in page)
            {
                if (kept != after.Kept)
                    (first, attributes) = (line, json);
                else
                    filled[first] = attributes = AttributesPatch.Fill(attributes, json)!;
                after = (kept, line);
            }

            await UpdateAsync([.. filled.Select(pair => (pair.Key, (string?)pair.Value))], ct);
        }
        while (page.Count == PageRows);
    }

    private async Task<List<T>> ReadAsync<T>(string sql, Func<DbDataReader, T> read, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var command = context.Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<T> rows = [];
        while (await reader.ReadAsync(ct))
            rows.Add(read(reader));
        return rows;
    }

    private async Task UpdateAsync(IReadOnlyList<(long Line, string? Json)> rows, CancellationToken ct)
    {
        foreach (var part in rows.Chunk(RowsPerUpdate))
        {
            var values = string.Join(", ", part.Select((_, position) => $"(@line{position}, @json{position})"));
            await context.ExecuteAsync(
                $"UPDATE import_records SET attributes_json = CAST(v.column2 AS text) FROM (VALUES {values}) AS v WHERE import_records.line = v.column1",
                ct, [.. part.SelectMany((row, position) => ((string, object?)[])[($"line{position}", row.Line), ($"json{position}", row.Json)])]);
        }
    }
}
