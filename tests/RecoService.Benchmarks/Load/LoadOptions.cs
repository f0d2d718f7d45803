using RecoService.Engine.Algorithms;
using RecoService.Engine.Training;

namespace RecoService.Benchmarks.Load;

/// <summary>What <see cref="LoadScenario"/> and <see cref="SoakScenario"/> are asked for.</summary>
internal sealed record LoadOptions
{
    /// <summary>Sizes of the catalogue; from a million on, only warm requests at 50 a second are measured. <c>--items 10000,100000,1000000</c>.</summary>
    public int[] Items { get; init; } = [10_000, 100_000, 1_000_000];

    /// <summary>How long each row is measured in each round. <c>--seconds 5</c>.</summary>
    public int Seconds { get; init; } = 5;

    /// <summary>How often all rows are measured, one after the other. <c>--rounds 5</c>.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Which rows, by their letters. <c>--rows abcdefghij</c>.</summary>
    public string Rows { get; init; } = "abcdefghij";

    /// <summary>Whether the model is trained, or made so that retrieval has the most work. <c>--model trained|made</c>.</summary>
    public bool IsTrained { get; init; } = true;

    /// <summary>Which trainer makes the model, with 64 factors for implicit-als and its defaults for the others; <c>auto</c>: what a model run of the service picks where nothing is set. <c>--recommender hybrid</c>.</summary>
    public string Recommender { get; init; } = "implicit-als";

    /// <summary>Whether the service picks by itself.</summary>
    public bool IsAuto => Recommender == Auto;

    /// <summary>Whether the shop is the demo shop, of which there is one size, and not the made one. <c>--shop made|demo</c>.</summary>
    public bool IsDemo { get; init; }

    /// <summary>More settings of the service, separated by blanks. <c>--settings "--Reco:RequestLog:SampleRate=1"</c>.</summary>
    public string[] Settings { get; init; } = [];

    private const string Auto = "auto";

    /// <exception cref="ArgumentException">A word is not known.</exception>
    public static LoadOptions Parse(string[] words, LoadOptions defaults)
    {
        var options = defaults;
        foreach (var pair in words.Chunk(2))
        {
            if (pair.Length == 1)
                throw new ArgumentException($"{pair[0]} needs a value.", nameof(words));
            options = pair[0] switch
            {
                "--items" => options with { Items = Array.ConvertAll(pair[1].Split(','), int.Parse) },
                "--seconds" => options with { Seconds = int.Parse(pair[1]) },
                "--rounds" => options with { Rounds = int.Parse(pair[1]) },
                "--rows" => options with { Rows = pair[1] },
                "--model" => options with { IsTrained = pair[1] switch { "trained" => true, "made" => false, _ => throw new ArgumentException($"--model {pair[1]} is neither trained nor made.", nameof(words)) } },
                "--recommender" => options with { Recommender = pair[1] == Auto ? Auto : BuiltInTrainers.Registry.Names.Contains(TrainerRegistry.NameOf(pair[1])) ? TrainerRegistry.NameOf(pair[1]) : throw new ArgumentException($"There is no trainer {pair[1]}.", nameof(words)) },
                "--shop" => options with { IsDemo = pair[1] switch { "demo" => true, "made" => false, _ => throw new ArgumentException($"--shop {pair[1]} is neither made nor demo.", nameof(words)) } },
                "--settings" => options with { Settings = pair[1].Split(' ', StringSplitOptions.RemoveEmptyEntries) },
                _ => throw new ArgumentException($"{pair[0]} is none of --items, --seconds, --rounds, --rows, --model, --recommender, --shop and --settings.", nameof(words)),
            };
        }

        return options;
    }
}
