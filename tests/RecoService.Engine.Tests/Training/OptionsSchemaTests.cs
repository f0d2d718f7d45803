using System.Text.Json;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Training;

public sealed class OptionsSchemaTests
{
    [Fact]
    public void Read_EveryKind_KeepsWhatTheSchemaSays()
    {
        var schema = Schema("""
            {
              "factors": { "type": "integer", "default": 32, "minimum": 1, "maximum": 1024, "description": "Numbers per row.", "x-search": { "low": 8, "high": 256, "scale": "logarithmic" } },
              "rate": { "type": "number", "default": 0.1, "exclusiveMinimum": 0, "exclusiveMaximum": 1 },
              "shuffle": { "type": "boolean", "default": true, "x-search": true },
              "loss": { "type": "string", "default": "log", "enum": ["log", "hinge"], "x-search": false }
            }
            """);

        Assert.Equal(["factors", "rate", "shuffle", "loss"], schema.Options.Select(option => option.Name));
        var factors = schema.Find("FACTORS")!;
        Assert.Equal((OptionKind.Integer, 32L, 1.0, 1024.0, "Numbers per row."), (factors.Kind, factors.Default, factors.Minimum, factors.Maximum, factors.Description));
        Assert.Equal(new SearchRange(8, 256, IsLogarithmic: true), factors.Search);
        Assert.True(schema.Find("rate") is { IsAboveMinimum: true, IsBelowMaximum: true, Search: null });
        Assert.NotNull(schema.Find("shuffle")!.Search);
        Assert.Null(schema.Find("loss")!.Search);
        Assert.Null(schema.Find("nothing"));
    }

    [Theory]
    [InlineData("""{ "a": { "default": 1 } }""", "needs one type")]
    [InlineData("""{ "a": { "type": ["integer", "null"], "default": 1 } }""", "needs one type")]
    [InlineData("""{ "a": { "type": "array", "default": [] } }""", "has the type 'array'")]
    [InlineData("""{ "a": { "type": "integer" } }""", "needs a default")]
    [InlineData("""{ "a": { "type": "integer", "default": 1.5 } }""", "has a default that is no Integer")]
    [InlineData("""{ "a": { "type": "integer", "default": 0, "minimum": 1 } }""", "has a default out of its range")]
    [InlineData("""{ "a": { "type": "integer", "default": 1, "minimum": 1, "exclusiveMinimum": 0 } }""", "has both minimum and exclusiveMinimum")]
    [InlineData("""{ "a": { "type": "integer", "default": 1, "minimum": "0" } }""", "has a bound that is no number")]
    [InlineData("""{ "a": { "type": "string", "default": "x", "enum": [] } }""", "has an enum that is no list of texts")]
    [InlineData("""{ "a": { "type": "string", "default": "z", "enum": ["x"] } }""", "has a default out of its range")]
    [InlineData("""{ "a": { "type": "string", "default": "x", "pattern": "x" } }""", "uses 'pattern', which is not supported")]
    [InlineData("""{ "a": { "type": "string", "default": "x", "x-search": true } }""", "which nothing can search")]
    [InlineData("""{ "a": { "type": "number", "default": 1, "x-search": { "low": 2, "high": 1 } } }""", "low below high")]
    [InlineData("""{ "a": { "type": "number", "default": 1, "x-search": { "low": 0, "high": 1, "scale": "logarithmic" } } }""", "at or below 0")]
    [InlineData("""{ "a": { "type": "boolean", "default": true, "x-search": 1 } }""", "neither true nor false")]
    [InlineData("""{ "a": 1 }""", "must be a schema object")]
    [InlineData("""{ "a": { "type": "integer", "default": 1 }, "A": { "type": "integer", "default": 1 } }""", "stands twice")]
    [InlineData("""[]""", "'properties' of the options must be an object")]
    public void Read_NoSuchSchema_SaysWhy(string properties, string fault) =>
        Assert.Contains(fault, Assert.Throws<FormatException>(() => Schema(properties)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_NoObject_SaysWhy() => Assert.Throws<FormatException>(() => OptionsSchema.Read(JsonElement.Parse("1")));

    [Fact]
    public void Read_NoProperties_HasNoOptions() => Assert.Empty(OptionsSchema.Read(JsonElement.Parse("{}")).Options);

    internal static OptionsSchema Schema(string properties) => OptionsSchema.Read(JsonElement.Parse($$"""{ "type": "object", "properties": {{properties}} }"""));

    [Fact]
    public void With_AnotherSchema_StandsBehindAndLosesWhereNamesMeet()
    {
        var joined = Schema("""{ "b": { "type": "integer", "default": 1 } }""").With(Schema("""{ "a": { "type": "string", "default": "x" }, "b": { "type": "integer", "default": 2 } }"""), "a");

        Assert.Equal(["b", "a"], joined.Options.Select(option => option.Name));
        Assert.Equal(1L, joined.Find("b")!.Default);
        Assert.Equal("a", joined.Component);
    }

    [Theory]
    [InlineData("""{ "b": { "type": "number", "default": 1 } }""", "'b' must be called so and be of kind Integer")]
    [InlineData("""{ "B": { "type": "integer", "default": 1 } }""", "'b' must be called so")]
    [InlineData("""{ "trainers": { "type": "integer", "default": 1 } }""", "'trainers' has the name of the section")]
    public void With_WhatClashes_SaysWhat(string own, string fault) => Assert.Contains(
        fault, Assert.Throws<FormatException>(() => Schema(own).With(Schema("""{ "a": { "type": "string", "default": "x" }, "b": { "type": "integer", "default": 2 } }"""), "a")).Message,
        StringComparison.Ordinal);
}
