using RecoService.Engine.Data;
using RecoService.Engine.Models;

namespace RecoService.Engine.Tests.Algorithms.ColdStart;

/// <summary>
/// 40 items, lamps (keys 1 to 20) and chairs, and 80 users who like either, all of them young or old by that. The last lamp and the last chair have a record and no interactions.
/// </summary>
internal static class Tastes
{
    public const int ItemCount = 40;
    public const int ColdLamp = 20;
    public const int ColdChair = 40;

    public static ItemContent Lamp { get; } = new() { Title = "Brass lamp", Categories = ["light"] };

    public static ItemContent Chair { get; } = new() { Title = "Oak chair", Categories = ["seat"] };

    /// <summary>Of somebody who likes lamps.</summary>
    public static UserContent Young { get; } = new() { Attributes = ["taste=bright"], Numbers = [new UserNumber("age", 20)] };

    /// <summary>Of somebody who likes chairs.</summary>
    public static UserContent Old { get; } = new() { Attributes = ["taste=cosy"], Numbers = [new UserNumber("age", 70)] };

    public static ItemContent ContentOf(int key) => (key <= 20 ? Lamp : Chair) with { Description = key % 3 == 0 ? "plain" : "fancy" };

    public static bool LikesLamps(int userKey) => userKey % 2 == 0;

    /// <param name="isRated">Whether they say so by ratings of 5 and 1; else by purchases.</param>
    public static InteractionDataset Dataset(bool isRated = false)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        var time = 0;
        for (var user = 1; user <= 80; user++)
        {
            for (var nth = 0; nth < 8; nth++)
            {
                var own = 1 + (((user * 5) + (nth * 7)) % 19);
                builder.Add(user, LikesLamps(user) ? own : own + 20, isRated ? Datasets.Rating : Datasets.Purchase, isRated ? 5 : 0, time++);
                if (isRated)
                    builder.Add(user, LikesLamps(user) ? own + 20 : own, Datasets.Rating, 1, time++);
            }

            builder.AddUserContent(user, LikesLamps(user) ? Young : Old);
        }

        for (var item = 1; item <= ItemCount; item++)
            builder.AddContent(item, ContentOf(item));
        return builder.Build();
    }

    /// <summary>What the model offers a user of these attributes, best first.</summary>
    public static int[] KeysFor(IScorer model, UserContent content, int count)
    {
        var best = new Engine.Numerics.TopK(count);
        ((IAttributeScorer)model).RetrieveFor(content, [], best);
        var (items, scores) = (new int[count], new float[count]);
        return [.. items[..best.Drain(items, scores)].Select(item => model.Items[item])];
    }
}
