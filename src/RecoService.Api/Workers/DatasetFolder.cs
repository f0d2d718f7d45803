using System.Runtime.InteropServices;
using System.Text.Json;
using RecoService.Api.Wire;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Api.Workers;

/// <summary>A folder for one training: the dataset as flat arrays beside <c>manifest.json</c>, and room for the model. docs/workers.md says what is in it. Deleted with the object.</summary>
internal sealed class DatasetFolder : IDisposable
{
    private readonly Dictionary<string, object> files = new(StringComparer.Ordinal);

    private DatasetFolder(string path) => Location = path;

    public string Location { get; }

    public string ModelFolder => Path.Combine(Location, "model");

    /// <param name="trainer">What it needs is written.</param>
    /// <param name="optionsJson">A value for every option.</param>
    /// <param name="dataset">What is learned from.</param>
    /// <param name="context">Seed, threads, cancellation.</param>
    /// <param name="maxMemory">Bytes that the worker may hold.</param>
    /// <param name="lists">What a ranker learns from; null for other trainers.</param>
    /// <param name="fields">The lists' features in fields; null where they are not needed.</param>
    /// <exception cref="IOException">There is no room for it.</exception>
    public static DatasetFolder Write(
        DescribedTrainer trainer, string optionsJson, InteractionDataset dataset, TrainingContext context, long maxMemory, RankingLists? lists = null, RankingFields? fields = null)
    {
        // Nobody but this user may read it: it holds what the shop's users did.
        var folder = new DatasetFolder(Directory.CreateTempSubdirectory("reco-worker-").FullName);
        try
        {
            Directory.CreateDirectory(folder.ModelFolder);
            folder.WriteArray("user-keys", dataset.Users.Keys);
            folder.WriteArray("item-keys", dataset.Items.Keys);
            if (trainer.Needs.HasFlag(DatasetParts.Interactions))
                folder.WriteInteractions(dataset, context.CancellationToken);
            if (trainer.Needs.HasFlag(DatasetParts.Weights))
                folder.WriteMatrix("weight", dataset.UserItems, context.CancellationToken);
            if (trainer.Needs.HasFlag(DatasetParts.Ratings))
                folder.WriteMatrix("rating", dataset.Ratings, context.CancellationToken);
            if (trainer.Needs.HasFlag(DatasetParts.Content))
                folder.WriteContent(dataset);
            if (lists is not null)
                folder.WriteLists(lists);
            if (lists is not null && fields is not null)
                folder.WriteFields(dataset, lists, fields, context.CancellationToken);
            folder.WriteManifest(trainer, optionsJson, dataset, context, maxMemory);
            return folder;
        }
        catch (Exception)
        {
            folder.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Location, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A folder too many in the system's own place for such folders is not worth a run.
        }
    }

    private void WriteInteractions(InteractionDataset dataset, CancellationToken cancellationToken)
    {
        var starts = new long[dataset.Users.Count + 1];
        for (var user = 0; user < dataset.Users.Count; user++)
            starts[user + 1] = starts[user] + dataset.UserCount(user);
        WriteArray<long>("interaction-user-starts", starts);
        WriteRows<int>("interaction-items", dataset.Users.Count, dataset.Count, dataset.UserItemIndexes, cancellationToken);
        WriteRows<byte>("interaction-kinds", dataset.Users.Count, dataset.Count, dataset.UserKinds, cancellationToken);
        WriteRows<float>("interaction-values", dataset.Users.Count, dataset.Count, dataset.UserValues, cancellationToken);
        WriteRows<long>("interaction-times", dataset.Users.Count, dataset.Count, dataset.UserTimes, cancellationToken);
    }

    private void WriteMatrix(string name, SparseMatrix matrix, CancellationToken cancellationToken)
    {
        var starts = new long[matrix.RowCount + 1];
        for (var row = 0; row < matrix.RowCount; row++)
            starts[row + 1] = starts[row] + matrix.RowLength(row);
        WriteArray<long>($"{name}-user-starts", starts);
        WriteRows($"{name}-items", matrix.RowCount, matrix.NonZeroCount, matrix.RowColumns, cancellationToken);
        WriteRows($"{name}-values", matrix.RowCount, matrix.NonZeroCount, matrix.RowValues, cancellationToken);
    }

    private void WriteContent(InteractionDataset dataset)
    {
        using var stream = Create("content", "json-lines", "content.jsonl", dataset.Items.Count);
        for (var item = 0; item < dataset.Items.Count; item++)
        {
            JsonSerializer.Serialize(stream, dataset.ContentOf(item), WireJson.Options);
            stream.WriteByte((byte)'\n');
        }
    }

    private void WriteLists(RankingLists lists)
    {
        WriteArray<int>("ranking-list-starts", lists.Starts);
        WriteArray<int>("ranking-list-users", lists.Users);
        WriteArray<int>("ranking-items", lists.Items);
        WriteArray<byte>("ranking-labels", Array.ConvertAll(lists.Taken, taken => taken ? (byte)1 : (byte)0));
        WriteArray<float>("ranking-features", lists.Features);
    }

    private void WriteFields(InteractionDataset dataset, RankingLists lists, RankingFields fields, CancellationToken cancellationToken)
    {
        var (starts, features, values) = (new List<long> { 0 }, new List<int>(), new List<float>());
        var (ofUser, entries) = (new List<FieldEntry>(), new List<FieldEntry>());
        for (var list = 0; list < lists.Users.Length; list++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ofUser.Clear();
            fields.AddUser(dataset.HistoryOf(lists.Users[list]), ofUser);
            for (var row = lists.Starts[list]; row < lists.Starts[list + 1]; row++)
            {
                entries.Clear();
                entries.AddRange(ofUser);
                fields.AddItem(lists.Items[row], lists[row], entries);
                features.AddRange(entries.Select(entry => entry.Feature));
                values.AddRange(entries.Select(entry => entry.Value));
                starts.Add(features.Count);
            }
        }

        WriteArray("ranking-field-starts", fields.Starts);
        WriteArray<long>("ranking-entry-starts", CollectionsMarshal.AsSpan(starts));
        WriteArray<int>("ranking-entry-features", CollectionsMarshal.AsSpan(features));
        WriteArray<float>("ranking-entry-values", CollectionsMarshal.AsSpan(values));
    }

    private void WriteArray<T>(string name, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        using var stream = Create<T>(name, values.Length);
        stream.Write(MemoryMarshal.AsBytes(values));
    }

    private void WriteRows<T>(string name, int rows, int count, Func<int, ReadOnlySpan<T>> row, CancellationToken cancellationToken)
        where T : unmanaged
    {
        using var stream = Create<T>(name, count);
        for (var index = 0; index < rows; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            stream.Write(MemoryMarshal.AsBytes(row(index)));
        }
    }

    private FileStream Create<T>(string name, long length)
        where T : unmanaged
    {
        var (type, ending) = FlatArray.TypeOf<T>();
        return Create(name, type, $"{name}.{ending}", length);
    }

    private FileStream Create(string name, string type, string file, long length)
    {
        files.Add(name, new { file, type, length });
        return new FileStream(Path.Combine(Location, file), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
    }

    private void WriteManifest(DescribedTrainer trainer, string optionsJson, InteractionDataset dataset, TrainingContext context, long maxMemory)
    {
        using var options = JsonDocument.Parse(optionsJson);
        var kinds = Enumerable.Range(0, dataset.Kinds.Count).Select(index => dataset.Kinds[index]).Select(kind => new { kind.Name, kind.Weight, kind.Consumes });
        var manifest = new
        {
            Protocol = WorkerDescription.Protocol,
            Trainer = trainer.Name,
            Options = options.RootElement,
            context.Seed,
            context.Threads,
            context.Device,
            MaxMemoryBytes = maxMemory,
            dataset.Watermark,
            Users = dataset.Users.Count,
            Items = dataset.Items.Count,
            Interactions = dataset.Count,
            Kinds = kinds,
            dataset.Kinds.RatingMin,
            dataset.Kinds.RatingMax,
            dataset.Kinds.HalfLifeDays,
            RankingFeatures = trainer.Needs.HasFlag(DatasetParts.Ranking) ? UserItemFeatures.Names : null,
            RankingFields = trainer.Needs.HasFlag(DatasetParts.RankingFields) ? RankingFields.Names : null,
            ByteOrder = BitConverter.IsLittleEndian ? "little" : "big",
            Files = files,
            ModelFolder = "model",
        };
        File.WriteAllText(Path.Combine(Location, "manifest.json"), JsonSerializer.Serialize(manifest, WireJson.Options));
    }
}
