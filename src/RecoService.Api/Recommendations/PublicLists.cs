using Microsoft.Net.Http.Headers;
using RecoService.Api.Catalogue;
using RecoService.Api.Settings;

namespace RecoService.Api.Recommendations;

/// <summary>Who may keep a list, and for how long: nobody one that is for a user, and caches on the way one that is the same for everybody.</summary>
internal static class PublicLists
{
    /// <summary>A list that is for one user must not be shown to the next.</summary>
    public static void MarkPersonal(this HttpResponse response) => response.Headers.CacheControl = "private, no-store";

    /// <summary>Says how long a list may be kept; true when the client has just this list, and 304 is the answer.</summary>
    public static bool IsKept(this HttpResponse response, RecommendationSettings settings, Conditions conditions, PlacementRequests requests, string? fallback, IReadOnlyList<RecommendedItem> items)
    {
        response.Headers.CacheControl = settings.PublicListMaxAge > TimeSpan.Zero ? $"public, max-age={(int)settings.PublicListMaxAge.TotalSeconds}" : "no-store";
        // Reasons are in the language of the caller, and a cache keeps one answer for each.
        if (requests.Explains)
            response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptLanguage);
        return conditions.AreOfCurrent(response, PlacementAnswers.TagOf(requests.State.ModelVersion, fallback, items));
    }
}
