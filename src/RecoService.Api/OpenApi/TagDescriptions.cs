using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace RecoService.Api.OpenApi;

/// <summary>The groups of operations, in the order in which a newcomer meets them.</summary>
internal sealed class TagDescriptions : IDocumentFilter
{
    private static readonly (string Name, string Description)[] Tags =
    [
        ("Recommendations", "What to show: lists for a user, a session, many users, and what is like an item."),
        ("Profiles", "What is known of a user or an item, in figures."),
        ("Interactions", "What users did."),
        ("Items", "The catalogue, item by item."),
        ("Users", "What is known of users beside their interactions."),
        ("Privacy", "What a user may demand: to be forgotten, and to be told what is held of them."),
        ("Rules", "What a merchant wants of lists, whatever the models say."),
        ("Experiments", "Parts of the users get other lists, and figures say which are better."),
        ("Import", "Files of any size."),
        ("Model runs", "Training: start, watch and cancel it."),
        ("Models", "Stored models: serve one, go back, unpin."),
        ("Status", "How the service is."),
        ("Access", "Who may call, what was changed, and how the service is set."),
        ("Health", "For load balancers and orchestrators; no key needed."),
    ];

    /// <summary>What a storefront calls comes first, and an operation that the table does not name comes last.</summary>
    public static int PositionOf(string? tag) => Array.FindIndex(Tags, known => known.Name == tag) is var position and >= 0 ? position : Tags.Length;

    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context) =>
        swaggerDoc.Tags = new HashSet<OpenApiTag>(Tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }));
}
