using RecoService.Api.Diagnosing;

namespace RecoService.Api.DataDoctor;

/// <summary>What a fault does to lists, and what to do about it.</summary>
internal static class Advice
{
    /// <summary>What is said of a code.</summary>
    /// <param name="code">As <see cref="Findings"/> gives it.</param>
    /// <param name="learnsFromPrograms">Whether models learn from users who act like programs.</param>
    public static (string Harm, string Remedy) Of(string code, bool learnsFromPrograms) => code switch
    {
        "no-interactions" => ("Lists show what is new, and nothing personal.", "Send interactions with POST /interactions, or import a file of the past."),
        "kind-never-seen" => ("Models never learn what the kind would tell, such as what was bought or returned.", "Send the kind from the shop, or take it out of Reco:Interactions:Kinds."),
        FaultCodes.KindDominates => ("The other kinds are hardly heard, and weights between kinds decide nothing.", "Send purchases and clicks too, or give the rare kinds a larger weight in Reco:Interactions:Kinds."),
        "kind-not-configured" => ("Models do not learn from these interactions.", "Put the kind back into Reco:Interactions:Kinds, or delete the interactions."),
        "future-times" => ("They count as the newest for as long as they lie ahead: they push real ones out of histories, and the gate judges by them.", "Mend the clock or the time zone of the sender, and send the interactions again with their right times."),
        "ancient-times" => ("They count as very old, so half-lives and windows leave them out.", "Send occurredAt in ISO 8601, or tell the import the unit of its times; seconds read as milliseconds give 1970."),
        "clock-skew" => ("The order of a user's interactions is wrong, so sequences and the latest interest are, too.", "Have the sender give times with their zone, such as 2026-01-31T12:00:00+08:00."),
        FaultCodes.UnlistedItems => ("Models learn about items that no list may show, and their places are lost to others.", "Import the catalogue records of these items, or stop sending their interactions."),
        "items-without-title" => ("Lists and pages have no words for the item, and models of content have nothing to read.", "Send the titles with PATCH /items/{itemId} or an import."),
        "items-without-price" => ("Filters and rules on prices leave the item out, and revenue cannot count it.", "Send the prices with PATCH /items/{itemId} or an import."),
        "items-without-category" => ("Diversity, category placements and new items have nothing to go by.", "Send the categories with PATCH /items/{itemId} or an import."),
        "duplicate-items" => ("The interactions of one thing are split over several ids, and a list may show it twice.", "Give variants one groupId. Where it is one thing, keep one id and hide the others."),
        "shared-sessions" => ("One person's interactions are split over several users, or several persons share one.", "Merge the visitor into the user at log-in: POST /users/{userId}/merge. Begin a new session at log-out."),
        FaultCodes.Programs when learnsFromPrograms => ("Models learn what programs fetched as if people had wanted it.", "Set Reco:Retraining:LearnFromExcludedUsers=false, and keep programs out of the shop's calls."),
        FaultCodes.Programs => ("They are left out of figures and of training already; in the log they take space and time.", "Keep programs out of the shop's calls; erase the users with DELETE /users/{userId}."),
        "concentration" => ("Popular items become more popular: most of the catalogue is hardly shown.", "Turn on exploration and places for new items, and ask for more diversity where lists allow it."),
        "sparse" => ("Personal lists rest on little, and popularity may be as good.", "Send views as well as purchases, and prefer recommenders that use content."),
        "cold-users" => ("Their lists are those of everybody.", "Merge visitors into users at log-in, and use session lists, which need no past."),
        "cold-items" => ("They appear in lists only through content, exploration or places for new items.", "Send titles, categories and attributes, and set NewItemShare for a placement."),
        "kind-stopped" => ("Models go on with what the kind told in the past, which grows stale.", "Look whether the shop still sends the kind: a release may have lost it."),
        "volume-drift" => ("Either the shop changed, or interactions are lost or sent twice.", "Compare with the shop's own figures of these days."),
        "kind-drift" or "category-drift" or "new-item-drift" => ("Models learned from days that were different.", "Train more often, or shorten Reco:Interactions:HalfLifeDays, when the change is there to stay."),
        _ => ("", ""),
    };
}
