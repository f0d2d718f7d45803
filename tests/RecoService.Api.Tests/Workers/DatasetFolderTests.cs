using System.Runtime.InteropServices;
using System.Text.Json;
using RecoService.Api.Workers;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Training;

namespace RecoService.Api.Tests.Workers;

/// <summary>The files that docs/workers.md promises, byte for byte.</summary>
public sealed class DatasetFolderTests
{
    private const long Hour = 3_600_000;

    [Fact]
    public void Write_AllParts_HoldsTheDataset()
    {
        var dataset = Dataset();
        using var folder = Write(dataset, DatasetParts.Interactions | DatasetParts.Weights | DatasetParts.Ratings | DatasetParts.Content);
        var manifest = JsonElement.Parse(File.ReadAllText(Path.Combine(folder.Location, "manifest.json")));

        Assert.Equal((1, "t", 7, 3, 1_000L, "little", 2, 3, 4), (
            manifest.GetProperty("protocol").GetInt32(), manifest.GetProperty("trainer").GetString(), manifest.GetProperty("seed").GetInt32(), manifest.GetProperty("threads").GetInt32(),
            manifest.GetProperty("maxMemoryBytes").GetInt64(), manifest.GetProperty("byteOrder").GetString(), manifest.GetProperty("users").GetInt32(), manifest.GetProperty("items").GetInt32(),
            manifest.GetProperty("interactions").GetInt32()));
        Assert.Equal("cuda:1", manifest.GetProperty("device").GetString());
        Assert.Equal("w-1", manifest.GetProperty("watermark").GetString());
        Assert.Equal(0.5, manifest.GetProperty("options").GetProperty("damping").GetDouble());
        Assert.Equal("view", manifest.GetProperty("kinds")[0].GetProperty("name").GetString());
        Assert.Equal(5, manifest.GetProperty("ratingMax").GetDouble());
        Assert.Equal([10, 20], Read<int>(folder, manifest, "user-keys"));
        Assert.Equal([1, 2, 3], Read<int>(folder, manifest, "item-keys"));
        Assert.Equal([0L, 3, 4], Read<long>(folder, manifest, "interaction-user-starts"));
        Assert.Equal([0, 1, 0], Read<int>(folder, manifest, "interaction-items")[..3]);
        Assert.Equal([Kind("view"), Kind("rating"), Kind("purchase"), Kind("view")], Read<byte>(folder, manifest, "interaction-kinds"));
        Assert.Equal([0f, 4, 0, 0], Read<float>(folder, manifest, "interaction-values"));
        Assert.Equal([Hour, 2 * Hour, 3 * Hour, Hour], Read<long>(folder, manifest, "interaction-times"));
        Assert.Equal([0L, 2, 3], Read<long>(folder, manifest, "weight-user-starts"));
        Assert.Equal([0, 1, 1], Read<int>(folder, manifest, "weight-items"));
        Assert.Equal([9f, 4, 1], Read<float>(folder, manifest, "weight-values"));
        Assert.Equal([0L, 1, 1], Read<long>(folder, manifest, "rating-user-starts"));
        Assert.Equal([1], Read<int>(folder, manifest, "rating-items"));
        Assert.Equal([4f], Read<float>(folder, manifest, "rating-values"));
        var content = File.ReadAllLines(Path.Combine(folder.Location, "content.jsonl"));
        Assert.Equal(["null", "null"], content[..2]);
        Assert.Equal("Lamp", JsonElement.Parse(content[2]).GetProperty("title").GetString());
        Assert.True(Directory.Exists(folder.ModelFolder));
    }

    [Fact]
    public void Write_Lists_HoldsThemAndTheirFields()
    {
        var dataset = Dataset();
        var features = Enumerable.Range(0, 2 * UserItemFeatures.Count).Select(value => value / 8f).ToArray();
        var lists = new RankingLists([0, 2], [0], [2, 1], [true, false], features);
        var fields = RankingFields.Of(dataset, lists);
        using var folder = DatasetFolder.Write(Trainer(DatasetParts.Ranking | DatasetParts.RankingFields), "{}", dataset, new TrainingContext(), 1_000, lists, fields);
        var manifest = JsonElement.Parse(File.ReadAllText(Path.Combine(folder.Location, "manifest.json")));

        Assert.Equal(["popularity", "price", "categories", "first-stage", "recency"], manifest.GetProperty("rankingFeatures").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(RankingFields.Names, manifest.GetProperty("rankingFields").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal([0, 2], Read<int>(folder, manifest, "ranking-list-starts"));
        Assert.Equal([0], Read<int>(folder, manifest, "ranking-list-users"));
        Assert.Equal([2, 1], Read<int>(folder, manifest, "ranking-items"));
        Assert.Equal([(byte)1, (byte)0], Read<byte>(folder, manifest, "ranking-labels"));
        Assert.Equal(features, Read<float>(folder, manifest, "ranking-features"));
        // The user; items 0 and 1 as done last; the hour 3 and a Thursday; the items 1 and 2, of which 2 has a category and a price.
        Assert.Equal([0, 1, 3, 4, 5, 7, 8, 8, 9, 14], Read<int>(folder, manifest, "ranking-field-starts"));
        Assert.Equal([0L, 13, 24], Read<long>(folder, manifest, "ranking-entry-starts"));
        Assert.Equal([0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 0, 1, 2, 3, 4, 5, 9, 10, 11, 12, 13], Read<int>(folder, manifest, "ranking-entry-features"));
        Assert.Equal([1, 1 / MathF.Sqrt(2), 1 / MathF.Sqrt(2), 1, 1, 1, 1, 1, .. features[..5]], Read<float>(folder, manifest, "ranking-entry-values")[..13]);
    }

    [Fact]
    public void Write_OnlyWhatIsNeeded_LeavesTheRestOut()
    {
        using var folder = Write(Dataset(), DatasetParts.Ratings);

        Assert.Equal(
            ["item-keys.i32", "manifest.json", "rating-items.i32", "rating-user-starts.i64", "rating-values.f32", "user-keys.i32"],
            Directory.EnumerateFiles(folder.Location).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Write_EmptyDataset_HasEmptyArrays()
    {
        using var folder = Write(new InteractionDatasetBuilder(InteractionKinds.Default).Build(), DatasetParts.Weights);
        var manifest = JsonElement.Parse(File.ReadAllText(Path.Combine(folder.Location, "manifest.json")));

        Assert.Equal([0L], Read<long>(folder, manifest, "weight-user-starts"));
        Assert.Empty(Read<float>(folder, manifest, "weight-values"));
    }

    [Fact]
    public void Write_OthersOfTheMachine_CannotRead()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = Write(Dataset(), DatasetParts.None);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Location));
    }

    [Fact]
    public void Dispose_Folder_IsGone()
    {
        var folder = Write(Dataset(), DatasetParts.Weights);
        File.WriteAllText(Path.Combine(folder.ModelFolder, "model.json"), "{}");

        folder.Dispose();
        folder.Dispose();

        Assert.False(Directory.Exists(folder.Location));
    }

    internal static InteractionDataset Dataset()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        builder.Add(10, 1, Kind("view"), 0, Hour);
        builder.Add(10, 2, Kind("rating"), 4, 2 * Hour);
        builder.Add(10, 1, Kind("purchase"), 0, 3 * Hour);
        builder.Add(20, 2, Kind("view"), 0, Hour);
        builder.AddContent(3, new ItemContent { Title = "Lamp", Categories = ["Light"], Price = 9.5f });
        return builder.Build("w-1");
    }

    private static DatasetFolder Write(InteractionDataset dataset, DatasetParts parts) =>
        DatasetFolder.Write(Trainer(parts), """{"damping":0.5}""", dataset, new TrainingContext(threads: 3, seed: 7) { Device = "cuda:1" }.Part("a part", 0, 1), 1_000);

    private static DescribedTrainer Trainer(DatasetParts parts) => new("t", TrainerTarget.Ranking, OptionsSchema.Read(JsonElement.Parse("{}")), parts);

    private static T[] Read<T>(DatasetFolder folder, JsonElement manifest, string name)
        where T : unmanaged
    {
        var entry = manifest.GetProperty("files").GetProperty(name);
        var values = MemoryMarshal.Cast<byte, T>(File.ReadAllBytes(Path.Combine(folder.Location, entry.GetProperty("file").GetString()!))).ToArray();
        Assert.Equal(entry.GetProperty("length").GetInt64(), values.Length);
        Assert.Equal(FlatArray.TypeOf<T>().Type, entry.GetProperty("type").GetString());
        return values;
    }

    private static byte Kind(string name) => InteractionKinds.Default.TryGetIndex(name, out var index) ? index : throw new ArgumentException(name, nameof(name));
}
