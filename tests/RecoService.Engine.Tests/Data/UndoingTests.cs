using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Data;

public sealed class UndoingTests
{
    private static readonly byte Return = Kind("return");
    private static readonly byte AddToCart = Kind("add-to-cart");
    private static readonly byte RemoveFromCart = Kind("remove-from-cart");

    private static byte Kind(string name) => InteractionKinds.Default.TryGetIndex(name, out var index) ? index : throw new ArgumentException(name, nameof(name));

    private static string Left(params (int Item, byte Kind, long Time)[] interactions)
    {
        var dataset = Datasets.Of([.. interactions.Select(one => (1, one.Item, one.Kind, 0f, one.Time))]);
        return string.Join(' ', Enumerable.Range(0, dataset.Count).Select(position =>
            $"{dataset.Items[dataset.UserItemIndexes(0)[position]]}:{InteractionKinds.Default[dataset.UserKinds(0)[position]].Name}@{dataset.UserTimes(0)[position]}"));
    }

    [Fact]
    public void Build_ReturnAfterPurchase_LeavesNeither() =>
        Assert.Equal("10:view@1", Left((10, Datasets.View, 1), (10, Datasets.Purchase, 2), (10, Return, 3)));

    [Fact]
    public void Build_ReturnThatArrivesBeforeItsPurchase_CountsByItsTime() =>
        Assert.Equal("", Left((10, Return, 3), (10, Datasets.Purchase, 2)));

    [Fact]
    public void Build_ReturnOfTheSameMoment_IsTheLater() =>
        Assert.Equal("", Left((10, Return, 2), (10, Datasets.Purchase, 2)));

    [Fact]
    public void Build_ReturnWithoutPurchase_CountsForNothing() =>
        Assert.Equal("10:view@1 10:purchase@3", Left((10, Datasets.View, 1), (10, Return, 2), (10, Datasets.Purchase, 3)));

    [Fact]
    public void Build_OneReturnOfTwoPurchases_CancelsTheLatestBeforeIt() =>
        Assert.Equal("10:purchase@1 10:purchase@9", Left((10, Datasets.Purchase, 1), (10, Datasets.Purchase, 5), (10, Return, 6), (10, Datasets.Purchase, 9)));

    [Fact]
    public void Build_TwoReturnsOfTwoPurchases_CancelBoth() =>
        Assert.Equal("", Left((10, Datasets.Purchase, 1), (10, Datasets.Purchase, 2), (10, Return, 3), (10, Return, 4)));

    [Fact]
    public void Build_ReturnOfAnotherItemOrUser_CancelsNothing()
    {
        Assert.Equal("10:purchase@1", Left((10, Datasets.Purchase, 1), (11, Return, 2)));
        Assert.Equal(1, Datasets.Of((1, 10, Datasets.Purchase, 0, 1), (2, 10, Return, 0, 2)).Count);
    }

    [Fact]
    public void Build_KindsThatUndo_DoNotUndoEachOthers() =>
        Assert.Equal("10:purchase@2", Left((10, AddToCart, 1), (10, Datasets.Purchase, 2), (10, RemoveFromCart, 3)));

    [Fact]
    public void Build_AnyOrderOfArrival_IsTheSame()
    {
        var random = new SeededRandom(3, 0);
        byte[] kinds = [Datasets.View, Datasets.Purchase, Return, AddToCart, RemoveFromCart];
        for (var round = 0; round < 100; round++)
        {
            var interactions = Enumerable.Range(0, 30).Select(_ => (10 + random.Next(3), kinds[random.Next(kinds.Length)], (long)random.Next(12))).ToArray();
            // Of one moment and item only the kind tells interactions apart, so they are compared in that order.
            var expected = Sorted(Left(interactions));
            Assert.Equal(expected, Sorted(Left([.. interactions.OrderBy(_ => random.Next(1000))])));
            Assert.DoesNotContain("return", expected, StringComparison.Ordinal);
            Assert.Equal(Reference(interactions), expected);
        }

        static string Sorted(string left) => string.Join(' ', left.Split(' ').Order(StringComparer.Ordinal));
    }

    /// <summary>The rule said another way: each undoing interaction, the earliest first, looks back for the latest that is left.</summary>
    private static string Reference((int Item, byte Kind, long Time)[] interactions)
    {
        var table = InteractionKinds.Default;
        var left = interactions.Where(one => table.UndoneBy(one.Kind) is null).ToList();
        foreach (var (item, kind, time) in interactions.Where(one => table.UndoneBy(one.Kind) is not null).OrderBy(one => one.Time))
        {
            var earlier = left.Where(one => one.Item == item && one.Kind == table.UndoneBy(kind) && one.Time <= time).ToList();
            if (earlier.Count > 0)
                left.Remove(earlier.MaxBy(one => one.Time));
        }

        return string.Join(' ', left.Select(one => $"{one.Item}:{table[one.Kind].Name}@{one.Time}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Build_WhatWasUndone_HasNoWeightAndIsKeptApart()
    {
        var dataset = Datasets.Of((1, 10, Datasets.Purchase, 0, 1), (1, 10, Return, 0, 2), (1, 11, Datasets.View, 0, 3), (2, 10, Datasets.Purchase, 0, 4));

        Assert.Equal([(0, 1, 1f), (1, 0, 8f)], dataset.UserItems.Entries());
        Assert.Equal([Datasets.Purchase, Return], dataset.UndoneOf(0).ToArray().Select(one => one.KindIndex));
        Assert.Equal(0, dataset.UndoneOf(1).Length);
        Assert.Equal(0, dataset.SplitByTime(0.5).Train.UndoneOf(0).Length);
    }

    [Theory]
    [InlineData("purchase", 0, false, null)]
    [InlineData("rating", 0, false, "'rating'")]
    [InlineData("undo", 0, false, "'undo'")]
    [InlineData("nothing", 0, false, "'nothing'")]
    [InlineData("back", 0, false, "'back'")]
    [InlineData("purchase", 1, false, "weight 0")]
    [InlineData("purchase", 0, true, "does not consume")]
    public void Kinds_ThatUndo_AreCheckedAtStart(string undoes, float weight, bool consumes, string? fault)
    {
        InteractionKind[] table =
        [
            new("purchase", 8, Consumes: true), new(InteractionKind.Rating, 5, Consumes: true), new("back", 0, Consumes: false) { Undoes = "purchase" },
            new("undo", weight, consumes) { Undoes = undoes },
        ];

        var thrown = Record.Exception(() => new InteractionKinds(table));

        if (fault is null)
            Assert.Null(thrown);
        else
            Assert.Contains(fault, Assert.IsType<ArgumentException>(thrown).Message, StringComparison.Ordinal);
    }
}
