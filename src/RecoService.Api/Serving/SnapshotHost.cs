using RecoService.Engine.Recommending;
using RecoService.Storage;

namespace RecoService.Api.Serving;

/// <param name="Publication">What is served; null before the first publication.</param>
/// <param name="State">Everything a request needs.</param>
/// <param name="Fault">Why the current publication is not the one served, or null.</param>
internal sealed record Snapshot(Publication? Publication, ServingState State, string? Fault)
{
    /// <summary>The models that experiments name and that cannot be served, by their version, and why.</summary>
    public IReadOnlyDictionary<int, string> Unserved { get; init; } = new Dictionary<int, string>();
}

/// <summary>The one reference that requests read, once each. Writes reach the state through <see cref="Apply"/>, so that none is lost while a swap is prepared.</summary>
internal sealed class SnapshotHost
{
    private readonly Lock gate = new();
    private volatile Snapshot? current;
    private volatile ServingState? starting;
    private List<Action<ServingState>>? journal;

    /// <summary>Null until the first state is loaded.</summary>
    public Snapshot? Current => current;

    /// <summary>What lists are made from: of the current snapshot, or of the catalogue alone while that is loaded.</summary>
    /// <exception cref="ServiceStartingException">There is nothing yet.</exception>
    public ServingState State => current?.State ?? starting ?? throw new ServiceStartingException();

    /// <summary>What is said of users and items is said from: a state with the histories.</summary>
    /// <exception cref="ServiceStartingException">They are not there yet.</exception>
    public ServingState StateWithHistories => current?.State ?? throw new ServiceStartingException("what users did");

    /// <summary>Serves the catalogue until the first snapshot is there.</summary>
    public void Start(ServingState catalogue) => starting = catalogue;

    /// <summary>Changes the live parts of what is served; when it returns, every later request sees the change.</summary>
    /// <param name="change">Committed in the store; comes to the same twice, and beside others.</param>
    public void Apply(Action<ServingState> change)
    {
        ServingState? state;
        // A change that finds no journal was committed before the next swap begins to read, and is in what that reads. So one user's change holds up no other's.
        lock (gate)
        {
            state = current?.State ?? starting;
            journal?.Add(change);
        }

        if (state is not null)
            change(state);
    }

    /// <summary>Builds a snapshot and puts it in the place of the old one. What is applied meanwhile goes to both, so nothing is lost in between.
    /// A failure keeps the old one. One swap at a time.</summary>
    public async Task SwapAsync(Func<Task<Snapshot>> build)
    {
        lock (gate)
        {
            journal = journal is null ? [] : throw new InvalidOperationException("A swap is under way.");
        }

        try
        {
            var next = await build();
            lock (gate)
            {
                foreach (var change in journal!)
                    change(next.State);
                current = next;
                starting = null;
            }
        }
        finally
        {
            lock (gate)
                journal = null;
        }
    }
}
