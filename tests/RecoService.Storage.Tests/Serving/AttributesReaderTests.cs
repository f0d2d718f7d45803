using System.Text;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Storage.Tests.Serving;

public sealed class AttributesReaderTests
{
    private readonly AttributesReader reader = new();

    [Fact]
    public void Read_EveryType_IsTypedByItsValue()
    {
        var read = Read("""{ "brand": "Oak & Co", "width": 38.0, "thin": 1e-3, "organic": true, "used": false, "tags": ["a", 7, 1.50, true, null, { "x": 1 }, ["y"], "a"], "none": [] }""");

        Assert.Equal(["brand", "width", "thin", "organic", "used", "tags", "none"], read.Select(attribute => attribute.Name));
        Assert.Equal([ColumnType.Text, ColumnType.Number, ColumnType.Number, ColumnType.Flag, ColumnType.Flag, ColumnType.List, ColumnType.List], read.Select(attribute => attribute.Type));
        Assert.Equal(("Oak & Co", 38, 0.001, true, false), (read[0].Text, read[1].Number, read[2].Number, read[3].Flag, read[4].Flag));
        Assert.Equal(["a", "7", "1.5", "true", "a"], read[5].List);
        Assert.Empty(read[6].List);
    }

    [Fact]
    public void Read_NullAndNested_SayNothingAndWhatFollowsCounts() =>
        Assert.Equal([ItemAttribute.Of("last", 1)], Read("""{"a":null,"b":{"c":[1,{"d":"}"}]},"last":1}"""));

    [Fact]
    public void Read_NameTwice_BothAreRead() =>
        Assert.Equal([ItemAttribute.Of("a", 1), ItemAttribute.Of("a", "x")], Read("""{"a":1,"a":"x"}"""));

    [Fact]
    public void Read_Escapes_AreResolved()
    {
        var read = Assert.Single(Read("""{"gr\u00f6\u00dfe\n\"":"\ud83d\ude00 \u00e4"}"""));

        Assert.Equal(("größe\n\"", "😀 ä"), (read.Name, read.Text));
    }

    /// <summary>The service stores none of these; what can be read before the fault is.</summary>
    [Theory]
    [InlineData("", 0)]
    [InlineData("[]", 0)]
    [InlineData("7", 0)]
    [InlineData("{", 0)]
    [InlineData("""{"a":1,"b":}""", 1)]
    [InlineData("""{"a":1,"b":"\ud800","c":1}""", 1)]
    [InlineData("""{"a":1e999,"b":2}""", 1)]
    public void Read_WhatIsNoObject_GivesWhatCanBeRead(string json, int count) => Assert.Equal(count, Read(json).Length);

    [Fact]
    public void Read_SameName_IsOneString()
    {
        var longName = new string('n', 500);

        var (first, second) = (Read($$"""{"brand":"a","{{longName}}":1}"""), Read($$"""{"brand":"b","{{longName}}":2}"""));

        Assert.Same(first[0].Name, second[0].Name);
        Assert.Equal(longName, second[1].Name);
        for (var name = 0; name < 3000; name++)
            Assert.Equal($"name{name}", Assert.Single(Read($$"""{"name{{name}}":1}""")).Name);
        Assert.Same(first[0].Name, Read("""{"brand":"c"}""")[0].Name);
    }

    [Fact]
    public void TermsOf_Attributes_IsOnePerValue() => Assert.Equal(
        ["brand=Oak & Co", "width=38", "organic=True", "tags=a", "tags=7"],
        AttributesReader.TermsOf(Read("""{ "brand": "Oak & Co", "width": 38, "organic": true, "tags": ["a", 7], "none": [], "gone": null }""")));

    [Theory]
    [InlineData("[]", "")]
    [InlineData("""["A > B","ü",""]""", "A > B|ü|")]
    public void ReadTexts_Array_GivesItsTexts(string json, string texts) =>
        Assert.Equal(texts, string.Join('|', reader.ReadTexts(Encoding.UTF8.GetBytes(json))));

    private ItemAttribute[] Read(string json) => reader.Read(Encoding.UTF8.GetBytes(json));
}
