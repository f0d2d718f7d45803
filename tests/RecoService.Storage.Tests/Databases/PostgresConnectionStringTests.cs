using Npgsql;
using RecoService.Storage.Postgres;

namespace RecoService.Storage.Tests.Databases;

public sealed class PostgresConnectionStringTests
{
    private static NpgsqlConnectionStringBuilder Parse(string text) => PostgresConnectionString.Parse(text, out _);

    [Theory]
    [InlineData("postgres://reco:secret@db.example:5433/shop", "db.example", 5433, "shop", "reco", "secret")]
    [InlineData("postgresql://reco@db/shop", "db", 5432, "shop", "reco", null)]
    [InlineData("POSTGRES://db/shop", "db", 5432, "shop", null, null)]
    [InlineData("postgres://db", "db", 5432, null, null, null)]
    [InlineData("  postgres://r%40b:p%2Fw%3A%25%3B%3D+x@db/shop%20one ", "db", 5432, "shop one", "r@b", "p/w:%;=+x")]
    [InlineData("postgres://reco:@db/shop", "db", 5432, "shop", "reco", null)]
    [InlineData("postgres://[::1]:5433/shop", "::1", 5433, "shop", null, null)]
    [InlineData("postgres://a:5433,b:5434/shop", "a:5433,b:5434", 5432, "shop", null, null)]
    [InlineData("postgres://%2Fvar%2Frun%2Fpostgresql/shop", "/var/run/postgresql", 5432, "shop", null, null)]
    [InlineData("postgres:///shop?host=/var/run/postgresql&user=reco&password=p%26q", "/var/run/postgresql", 5432, "shop", "reco", "p&q")]
    [InlineData("Host=db;Database=shop;Username=reco;Password='a;b=c'", "db", 5432, "shop", "reco", "a;b=c")]
    [InlineData("Server=db;Port=5433;Database=shop;User Id=reco", "db", 5433, "shop", "reco", null)]
    public void Parse_EitherForm_GivesTheSame(string text, string host, int port, string? database, string? user, string? password)
    {
        var connection = Parse(text);

        Assert.Equal((host, port, database, user, password), (connection.Host!, connection.Port, connection.Database, connection.Username, connection.Password));
    }

    [Theory]
    [InlineData("disable", SslMode.Disable)]
    [InlineData("allow", SslMode.Allow)]
    [InlineData("prefer", SslMode.Prefer)]
    [InlineData("require", SslMode.Require)]
    [InlineData("verify-ca", SslMode.VerifyCA)]
    [InlineData("verify-full", SslMode.VerifyFull)]
    public void Parse_SslModeOfAUrl_IsTaken(string mode, SslMode expected) => Assert.Equal(expected, Parse($"postgres://db/shop?sslmode={mode}").SslMode);

    [Fact]
    public void Parse_ParametersOfAUrl_AreTaken()
    {
        var connection = Parse("postgres://db/shop?application_name=my%20shop&connect_timeout=7&options=-c%20search_path%3Dreco&target_session_attrs=read-write&Maximum%20Pool%20Size=9&sslrootcert=/ca.pem");

        Assert.Equal(("my shop", 7, "-c search_path=reco", 9, "/ca.pem"), (connection.ApplicationName, connection.Timeout, connection.Options, connection.MaxPoolSize, connection.RootCertificate));
        Assert.Equal("read-write", connection.TargetSessionAttributes);
    }

    [Theory]
    [InlineData("Host=db", false)]
    [InlineData("Host=db;Max Auto Prepare=0", true)]
    [InlineData("Host=db;MaxAutoPrepare=20", true)]
    [InlineData("postgres://db?Max%20Auto%20Prepare=0", true)]
    public void Parse_MaxAutoPrepare_IsKnownToBeSaid(string text, bool expected)
    {
        PostgresConnectionString.Parse(text, out var saysAutoPrepare);

        Assert.Equal(expected, saysAutoPrepare);
    }

    [Theory]
    [InlineData("", "names no server")]
    [InlineData("Database=shop", "names no server")]
    [InlineData("nonsense", "cannot be read")]
    [InlineData("Host=db;Prot=5432", "'prot' is not a word")]
    [InlineData("Host=db;Port=many", "the value of 'port'")]
    [InlineData("Host=db;SSL Mode=perhaps", "the value of 'ssl mode'")]
    [InlineData("Data Source=data/reco.db", "Reco:Storage:Provider=Sqlite")]
    [InlineData("postgres://db/shop?sslmode=no-verify", "SSL Mode")]
    [InlineData("postgres://db/shop?pool=5", "'pool' is not a word")]
    [InlineData("postgres://db:many/shop", "no URL of the form")]
    [InlineData("postgres://reco:se@cret@db/shop", "%40")]
    [InlineData("postgres://reco:se/cret@db/shop", "%40")]
    [InlineData("postgres://reco:se#cret@db/shop", "%40")]
    public void Parse_WhatCannotBeUsed_IsRefusedInOneLineThatSaysWhy(string text, string expected)
    {
        var message = Assert.Throws<StorageConfigurationException>(() => Parse(text)).Message;

        Assert.StartsWith("Reco:Storage:ConnectionString", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("Host=db;Password=first;second=third")]
    [InlineData("Host=db;Password=first;second")]
    [InlineData("postgres://reco:se@second@db/shop")]
    [InlineData("postgres://reco:se/second@db/shop")]
    public void Parse_RestOfAPassword_IsNotShown(string text) =>
        Assert.DoesNotContain("second", Assert.Throws<StorageConfigurationException>(() => Parse(text)).Message, StringComparison.Ordinal);
}
