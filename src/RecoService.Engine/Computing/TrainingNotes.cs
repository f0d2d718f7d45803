namespace RecoService.Engine.Computing;

/// <summary>What an operator should know of a run that went well all the same, a sentence or two each. Thread-safe.</summary>
public sealed class TrainingNotes
{
    private readonly Lock gate = new();
    private readonly List<string> texts = [];

    /// <summary>In the order in which they were taken down; each once.</summary>
    public IReadOnlyList<string> Texts
    {
        get
        {
            lock (gate)
                return [.. texts];
        }
    }

    /// <summary>Takes down a text, unless it stands there.</summary>
    public void Add(string text)
    {
        lock (gate)
        {
            if (!texts.Contains(text))
                texts.Add(text);
        }
    }
}
