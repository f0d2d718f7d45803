namespace RecoService.Benchmarks.Storage;

/// <summary>Generated ratings in the order of time: each user and item pair once, users and items by chance, as a shop's log has them.</summary>
internal sealed record RatingTable(int[] Users, int[] Items, float[] Values, long[] Times)
{
    public const int UserCount = 53_424;
    public const int ItemCount = 10_000;

    public int Count => Users.Length;

    public static RatingTable Generate(int rows, int seed)
    {
        var random = new Random(seed);
        HashSet<long> pairs = new(rows);
        var table = new RatingTable(new int[rows], new int[rows], new float[rows], new long[rows]);
        for (var row = 0; row < rows;)
        {
            var user = 1 + random.Next(UserCount);
            // Squared: some items are far more popular than others.
            var item = 1 + (int)(Math.Pow(random.NextDouble(), 2) * ItemCount);
            if (!pairs.Add((long)user * ItemCount + item - 1))
                continue;
            table.Users[row] = user;
            table.Items[row] = item;
            table.Values[row] = 1 + random.Next(5);
            table.Times[row] = 1_600_000_000_000 + row * 1000L;
            row++;
        }

        return table;
    }

    public async Task WriteCsvAsync(string path)
    {
        await using var file = new StreamWriter(path);
        await file.WriteLineAsync("userId,itemId,value,occurredAt");
        for (var row = 0; row < Count; row++)
            await file.WriteLineAsync($"user-{Users[row]},item-{Items[row]},{Values[row]},{Times[row]}");
    }
}
