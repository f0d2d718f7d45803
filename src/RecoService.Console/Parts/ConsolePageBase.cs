using Microsoft.AspNetCore.Components;
using RecoService.WebConsole.Calls;
using RecoService.WebConsole.Sessions;
using RecoService.WebConsole.Words;

namespace RecoService.WebConsole.Parts;

/// <summary>A page: reads what it shows by calls of the API, and does what its forms say. What the API refuses is shown where the page would be.</summary>
public abstract class ConsolePageBase : ComponentBase
{
    [Inject]
    internal ApiClient Api { get; set; } = null!;

    [Inject]
    internal Text T { get; set; } = null!;

    [Inject]
    internal Visit Visit { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    /// <summary>What was done, as the key of words; in the address after a form was sent.</summary>
    [SupplyParameterFromQuery(Name = "done")]
    public string? Done { get; set; }

    /// <summary>Why there is nothing to show, or why what a form asked for was not done; null where all is well.</summary>
    internal ApiProblem? Problem { get; private set; }

    /// <summary>Reads what the page shows.</summary>
    protected abstract Task LoadAsync();

    protected override async Task OnInitializedAsync()
    {
        await TryAsync(LoadAsync);
    }

    /// <summary>Does what a form asks for, and leads to the page anew, so that loading it again does nothing twice.</summary>
    /// <param name="action">Calls of the API.</param>
    /// <param name="done">The key of the words that say it is done.</param>
    /// <param name="path">The page to show then, asked when the action is done; null for this one.</param>
    protected async Task SubmitAsync(Func<Task> action, string done, Func<string>? path = null)
    {
        if (await TryAsync(action))
            Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(path is null ? Navigation.Uri : Navigation.ToAbsoluteUri(path()).AbsoluteUri, new Dictionary<string, object?> { ["done"] = done }));
    }

    /// <summary>Does what may be refused; a refusal is then the page's problem.</summary>
    /// <returns>Whether it was done.</returns>
    protected async Task<bool> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (ApiException exception)
        {
            var status = exception.Problem.Status;
            Problem = exception.Problem;
            // Set earlier, some statuses would end the page before it is drawn.
            Visit.Context.Response.OnStarting(() =>
            {
                Visit.Context.Response.StatusCode = status;
                return Task.CompletedTask;
            });
            return false;
        }
    }
}
