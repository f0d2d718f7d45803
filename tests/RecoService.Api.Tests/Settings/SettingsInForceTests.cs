using Microsoft.Extensions.Configuration;
using RecoService.Api.Settings;
using RecoService.Engine.Algorithms;

namespace RecoService.Api.Tests.Settings;

public sealed class SettingsInForceTests
{
    [Fact]
    public void Of_NoConfiguration_AreTheDefaults()
    {
        var settings = Read([]);

        Assert.All(settings.Values, setting => Assert.Equal((SettingsInForce.FromDefault, setting.Default), (setting.Source, setting.Value)));
        Assert.Equal("00:01:00", settings["Reco:Attribution:Interval"].Value);
        Assert.Equal("true", settings["Reco:DataHealth:MeasureCosts"].Value);
        Assert.True(settings.Count > 100, $"{settings.Count} settings.");
    }

    [Fact]
    public void Of_EachSource_SaysWhichWins()
    {
        var folder = Directory.CreateTempSubdirectory("reco-settings-").FullName;
        File.WriteAllText(Path.Combine(folder, "shop.json"), """{"Reco":{"Limits":{"MaxRequestBytes":2048,"MaxImportBytes":4096},"Console":{"ImageHosts":"https://a.example"}}}""");
        Environment.SetEnvironmentVariable("RECOTEST_Reco__Limits__MaxImportBytes", "8192");
        Environment.SetEnvironmentVariable("RECOTEST_Reco__Console__ImageHosts", "");
        try
        {
            var settings = Read(["--Reco:DataHealth:Enabled=false"], builder => builder.AddJsonFile(Path.Combine(folder, "shop.json")).AddEnvironmentVariables("RECOTEST_"));

            Assert.Equal(new SettingInForce("Reco:Limits:MaxRequestBytes", "2048", "4194304", "file", "shop.json"), settings["Reco:Limits:MaxRequestBytes"]);
            Assert.Equal(new SettingInForce("Reco:Limits:MaxImportBytes", "8192", "4294967296", "environment", null), settings["Reco:Limits:MaxImportBytes"]);
            Assert.Equal(new SettingInForce("Reco:DataHealth:Enabled", "false", "true", "command-line", null), settings["Reco:DataHealth:Enabled"]);
            // An empty variable means "not set", also above a file.
            Assert.Equal(new SettingInForce("Reco:Console:ImageHosts", "", "", "default", null), settings["Reco:Console:ImageHosts"]);
        }
        finally
        {
            Environment.SetEnvironmentVariable("RECOTEST_Reco__Limits__MaxImportBytes", null);
            Environment.SetEnvironmentVariable("RECOTEST_Reco__Console__ImageHosts", null);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Of_Secrets_AreNeverShown()
    {
        var settings = Read(
        [
            "--Reco:Security:ApiKeys:0:Name=ops", "--Reco:Security:ApiKeys:0:Role=Admin", "--Reco:Security:ApiKeys:0:Key=s3cret-s3cret-s3cret",
            "--Reco:Storage:Provider=Postgres", "--Reco:Storage:ConnectionString=Host=db;Database=shop;Username=reco;Password=s3cret;Options=s3cret",
            "--Reco:Telemetry:Headers=authorization=s3cret", "--Reco:Telemetry:Endpoint=http://user:s3cret@collector:4317",
            "--Reco:Trainers:item-knn:Neighbours=7",
        ]);

        Assert.DoesNotContain(settings.Values, setting => setting.Value?.Contains("s3cret", StringComparison.Ordinal) == true);
        Assert.Equal("***", settings["Reco:Security:ApiKeys:0:Key"].Value);
        Assert.Equal("ops", settings["Reco:Security:ApiKeys:0:Name"].Value);
        Assert.Equal("http://***@collector:4317", settings["Reco:Telemetry:Endpoint"].Value);
        Assert.Equal("host=db;database=shop;username=reco", settings["Reco:Storage:ConnectionString"].Value!.ToLowerInvariant());
        Assert.Equal("command-line", settings["Reco:Trainers:item-knn:Neighbours"].Source);
    }

    private static Dictionary<string, SettingInForce> Read(string[] arguments, Action<IConfigurationBuilder>? add = null)
    {
        var builder = new ConfigurationBuilder();
        add?.Invoke(builder);
        var configuration = builder.AddCommandLine(arguments).Build();
        return new SettingsInForce(configuration).Of(SettingsExtensions.Read(configuration, BuiltInTrainers.Registry)).ToDictionary(setting => setting.Key, StringComparer.Ordinal);
    }
}
