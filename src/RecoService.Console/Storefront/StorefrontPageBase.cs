using Microsoft.AspNetCore.Components;
using RecoService.WebConsole.Calls;
using RecoService.WebConsole.Sessions;
using RecoService.WebConsole.Words;

namespace RecoService.WebConsole.Storefront;

/// <summary>A page of the demo storefront: asks for its lists, and stores what the customer does.</summary>
public abstract class StorefrontPageBase : ComponentBase
{
    internal const string Fields = "title,imageUrl,price,salePrice,currency,categories";

    [Inject]
    internal Shopper Shopper { get; set; } = null!;

    [Inject]
    internal Text T { get; set; } = null!;

    [Inject]
    internal Visit Visit { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    /// <summary>What the API refused; null where all is well.</summary>
    internal ApiProblem? Problem { get; private set; }

    protected abstract Task LoadAsync();

    protected override Task OnInitializedAsync() => TryAsync(LoadAsync);

    /// <summary>Does what a form asks for, and leads on.</summary>
    protected async Task SubmitAsync(Func<Task> action, string path)
    {
        var before = Shopper.Calls.Count;
        if (!await TryAsync(action))
            return;
        Shopper.KeepCalls(before);
        Navigation.NavigateTo(path);
    }

    /// <summary>The lists of a page at once, so that no item stands in two of them.</summary>
    internal async Task<IReadOnlyList<ShelfAnswer>> ShelvesAsync(string? itemId, params string[] placements) => (await Shopper.PostAsync<ShelvesAnswer>("/recommendations/page", new
    {
        userId = Shopper.UserId,
        itemId,
        explain = true,
        include = Fields.Split(','),
        lists = placements.Select(placement => new { placement, limit = 6 }),
    })).Lists;

    private async Task<bool> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (ApiException exception)
        {
            Problem = exception.Problem;
            return false;
        }
    }
}

/// <summary>POST /recommendations/page.</summary>
internal sealed record ShelvesAnswer(IReadOnlyList<ShelfAnswer> Lists);

/// <summary>A list of a page.</summary>
public sealed record ShelfAnswer(string Placement, Guid RecommendationId, IReadOnlyList<ListItemAnswer> Items);
