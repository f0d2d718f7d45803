using RecoService.Storage;

namespace RecoService.Api.Http;

/// <param name="Items">One page.</param>
/// <param name="Next">Send it as <c>cursor</c> for the next page; null at the end.</param>
internal sealed record PageResponse<T>(IReadOnlyList<T> Items, string? Next);

internal static class PageResponse
{
    public const int MaxLimit = 1000;

    public static PageResponse<TResponse> ToResponse<TStored, TResponse>(this Page<TStored> page, Func<TStored, TResponse> convert) =>
        new([.. page.Items.Select(convert)], page.Next);
}
