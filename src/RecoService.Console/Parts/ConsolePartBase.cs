using Microsoft.AspNetCore.Components;
using RecoService.WebConsole.Calls;
using RecoService.WebConsole.Words;

namespace RecoService.WebConsole.Parts;

/// <summary>A part of a page that reads by calls of its own. What the API refuses is said in its place, and the rest of the page stays.</summary>
public abstract class ConsolePartBase : ComponentBase
{
    [Inject]
    internal ApiClient Api { get; set; } = null!;

    [Inject]
    internal Text T { get; set; } = null!;

    /// <summary>Why there is nothing to show; null where all is well.</summary>
    internal ApiProblem? Problem { get; private set; }

    protected abstract Task LoadAsync();

    protected override async Task OnInitializedAsync()
    {
        try
        {
            await LoadAsync();
        }
        catch (ApiException exception)
        {
            Problem = exception.Problem;
        }
    }
}
