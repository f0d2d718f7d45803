using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using RecoService.Api.Settings;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Api.Tests.Settings;

public sealed class SettingsTests
{
    private static IConfiguration Configuration(params (string Key, string? Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create("Reco:" + pair.Key, pair.Value))).Build();

    private static RecoSettings Read(params (string Key, string? Value)[] values) => SettingsExtensions.Read(Configuration(values), BuiltInTrainers.Registry);

    private static IReadOnlyList<string> ErrorsOf(params (string Key, string? Value)[] values) =>
        Assert.Throws<InvalidSettingsException>(() => Read(values)).Errors;

    [Fact]
    public void Read_NothingConfigured_GivesTheDefaults()
    {
        var settings = Read();

        Assert.Equal("auto", settings.Retraining.Recommender);
        Assert.Equal(TimeSpan.FromHours(1), settings.Retraining.Interval);
        Assert.Empty(settings.Security.ApiKeys);
        Assert.Equal(Environment.MachineName, settings.Replica);
        Assert.Equal("shop-1", Read(("ReplicaName", "shop-1")).Replica);
    }

    [Fact]
    public void Read_EveryKindOfFault_IsNamedInOneGo()
    {
        (string Key, string Value, string Error)[] faults =
        [
            ("Storage:Provder", "Sqlite", "Reco:Storage:Provder is not a setting"),
            ("PathBase", "/reco/", "PathBase must be a path such as /reco"),
            ("Proxy:Trusted", "10.0.0.0/33", "Reco:Proxy:Trusted: '10.0.0.0/33' is neither an address nor a network"),
            ("Shutdown:Drain", "01:00:00", "Reco:Shutdown:Drain"),
            ("Log:Format", "xml", "Reco:Log:Format must be one of Text, Json"),
            ("RequestLog:UnauthenticatedPerMinute", "-1", "Reco:RequestLog:UnauthenticatedPerMinute"),
            ("Catalogue:MaxAttributes", "-1", "Reco:Catalogue:MaxAttributes"),
            ("Catalogue:MaxDistinctValues", "0", "Reco:Catalogue:MaxDistinctValues"),
            ("Catalogue:MaxListLength", "1001", "Reco:Catalogue:MaxListLength"),
            ("Catalogue:MaxTextLength", "long", "Reco:Catalogue:MaxTextLength must be a whole number"),
            ("Profiles:MaxValues", "0", "Reco:Profiles:MaxValues"),
            ("Profiles:HalfLife", "00:00:00", "Reco:Profiles:HalfLife"),
            ("Profiles:BargainShare", "1.5", "Reco:Profiles:BargainShare"),
            ("Profiles:LapsingIntervals", "0.5", "Reco:Profiles:LapsingIntervals"),
            ("Profiles:LoyalDays", "0", "Reco:Profiles:LoyalDays"),
            ("Profiles:Halflife2", "1", "Reco:Profiles:Halflife2 is not a setting"),
            ("Telemetry:Endpoint", "collector:4317", "Reco:Telemetry:Endpoint: 'collector:4317' is not an address"),
            ("Telemetry:Protocol", "carrier-pigeon", "Reco:Telemetry:Protocol must be one of Grpc, Http"),
            ("Telemetry:TraceSampleRate", "2", "Reco:Telemetry:TraceSampleRate"),
            ("Telemetry:Headers", "too-short-to-tell", "Reco:Telemetry:Headers must be name=value pairs"),
            ("Storage:Provider", "Oracle", "Reco:Storage:Provider must be one of Sqlite, Postgres"),
            ("Storage:WriteTimeout", "soon", "Reco:Storage:WriteTimeout must be a time span"),
            ("Retraining:Enabled", "perhaps", "Reco:Retraining:Enabled must be true or false"),
            ("Retraining:Seed", "1.5", "Reco:Retraining:Seed must be a whole number"),
            ("Retraining:Interval", "30", "Reco:Retraining:Interval must be a time span"),
            ("Retraining:Cron", "whenever", "Reco:Retraining:Cron: 'whenever' is not a cron expression"),
            ("Retraining:Recommender", "magic", "there is no trainer 'magic'"),
            ("Retraining:AlsoTrain", "biased-mf, ml-net, ease:similarity+cooking", "there is no trainer 'ml-net'"),
            ("Retraining:AutoCandidates", "popularity, magician", "there is no trainer 'magician'"),
            ("Retraining:AutoBudget", "00:00:00", "Reco:Retraining:AutoBudget"),
            ("Retraining:HoldoutFraction", "1.5", "Reco:Retraining:HoldoutFraction"),
            ("Retraining:Tolerance", "-0.4", "Reco:Retraining:Tolerance"),
            ("Retraining:Plans:default:Trainers", "bpr", "'default' is the one that trains the recommender"),
            ("Retraining:Plans:Judge:Trainers", "bpr", "'judge' the one of runs that only judge"),
            ("Retraining:Plans:fast:Device", "my gpu", "Device must be a word with or without a number, as cpu or cuda:1"),
            ("Retraining:Device", "CUDA!", "Device must be a word with or without a number"),
            ("Retraining:Plans:empty:Interval", "1.00:00:00", "Reco:Retraining:Plans:empty:Trainers"),
            ("Retraining:Plans:odd:Trainers", "slim:cooking, wizard", "Reco:Retraining:Plans:odd:Trainers: 'cooking' is no role"),
            ("Retraining:Plans:twice:Trainers", "rp3beta, popularity", "Reco:Retraining:Plans:twice:Trainers: 'popularity' is trained by Reco:Retraining already"),
            ("Retraining:Plans:late:Cron", "sometimes", "Reco:Retraining:Plans:late:Cron: 'sometimes' is not a cron expression"),
            ("Retraining:Plans:long:MaxDuration", "99.00:00:00", "Reco:Retraining:Plans:long:MaxDuration"),
            ("Trainers:one-clas:Factors", "8", "there is no trainer 'one-clas'"),
            ("Trainers:implicit-als:Factor", "8", "Reco:Trainers:implicit-als:Factor is not a setting"),
            ("Trainers:implicit-als:Epochs", "many", "Reco:Trainers:implicit-als:Epochs must be a whole number"),
            ("Trainers:implicit-als:Alpha", "-1", "Reco:Trainers:implicit-als:Alpha"),
            ("Trainers:biased-mf:Regularization", "-0.4", "Reco:Trainers:biased-mf:Regularization"),
            ("Security:ApiKeys:0:Name", "two words", "Name must be 1 to 64"),
            ("Security:ApiKeys:0:Key", "too-short", "minimum length of 16"),
            ("Security:ApiKeys:1:Role", "King", "Reco:Security:ApiKeys:1:Role must be one of Storefront, Viewer, Admin"),
            ("Limits:MaxRequestBytes", "99999999999", "Reco:Limits:MaxRequestBytes must be a whole number"),
            ("RequestLog:SampleRate", "NaN", "Reco:RequestLog:SampleRate"),
            ("Nonsense:Deep:Down", "1", "Reco:Nonsense is not a setting"),
            ("Swagger", "true", "Reco:Swagger is a section, not a value"),
            ("Interactions:Kinds:wish", "3", "Reco:Interactions:Kinds:wish is a section, not a value"),
            ("Interactions:RatingMin", "NaN", "Reco:Interactions:RatingMin"),
            ("Interactions:Kinds:view:ConsumesForDays", "-1", "Reco:Interactions:Kinds:view:ConsumesForDays"),
        ];

        var errors = ErrorsOf([.. faults.Select(fault => (fault.Key, (string?)fault.Value))]);

        Assert.All(faults, fault => Assert.Contains(errors, error => error.Contains(fault.Error, StringComparison.Ordinal)));
        Assert.DoesNotContain(errors, error => error.Contains("too-short", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Security:ApiKeys", "secret")]
    [InlineData("Interactions:Kinds", "view")]
    [InlineData("Trainers", "implicit-als")]
    [InlineData("Trainers:implicit-als", "fast")]
    [InlineData("Retraining", "off")]
    public void Read_ValueInThePlaceOfASection_IsAFault(string key, string value) =>
        Assert.Contains($"Reco:{key} is a section, not a value.", ErrorsOf((key, value)));

    [Theory]
    [InlineData("Security:ApiKeys:0:Key:Value")]
    [InlineData("Retraining:Interval:Hours")]
    public void Read_SectionInThePlaceOfAValue_IsAFault(string key) =>
        Assert.Contains(ErrorsOf((key, "1")), error => error.EndsWith("is a value, not a section.", StringComparison.Ordinal));

    [Fact]
    public void Read_CronThatNeverFiresAgain_IsAFault() =>
        Assert.Contains(ErrorsOf(("Retraining:Cron", "0 0 3 1 1 ? 2020")), error => error.Contains("never fires", StringComparison.Ordinal));

    [Fact]
    public void Read_AutoBesideTheRecommender_IsAFault() =>
        Assert.Contains(ErrorsOf(("Retraining:AlsoTrain", "auto")), error => error.Contains("there is no trainer 'auto'", StringComparison.Ordinal));

    [Fact]
    public void Read_NameOrKeyTwice_IsAFault()
    {
        const string key = "0123456789abcdef";
        var errors = ErrorsOf(("Security:ApiKeys:0:Name", "a"), ("Security:ApiKeys:0:Key", key), ("Security:ApiKeys:1:Name", "a"), ("Security:ApiKeys:1:Key", key));

        Assert.Contains(errors, error => error.Contains("'a' stands twice", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("two keys are the same", StringComparison.Ordinal));
        Assert.DoesNotContain(errors, error => error.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_RatingScaleUpsideDown_IsAFault() =>
        Assert.Contains(ErrorsOf(("Interactions:RatingMin", "5"), ("Interactions:RatingMax", "1")), error => error.Contains("rating scale", StringComparison.Ordinal));

    public static TheoryData<string, string, string> OutOfRange()
    {
        var data = new TheoryData<string, string, string>();
        var types = typeof(RecoSettings).Assembly.GetTypes().Where(type => type.Namespace == typeof(RecoSettings).Namespace)
            .Concat(BuiltInTrainers.Registry.Names.Select(BuiltInTrainers.Registry.OptionsTypeOf)).Distinct();
        foreach (var property in types.SelectMany(type => type.GetProperties()))
        {
            if (property.GetCustomAttribute<RangeAttribute>() is not { } range)
                continue;
            foreach (var value in BadValues(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, range))
                data.Add(property.DeclaringType!.AssemblyQualifiedName!, property.Name, value);
        }

        return data;
    }

    private static IEnumerable<string> BadValues(Type type, RangeAttribute range)
    {
        if (type == typeof(float) || type == typeof(double))
        {
            var (low, high) = (Convert.ToDouble(range.Minimum), Convert.ToDouble(range.Maximum));
            return ["NaN", "Infinity", "-Infinity", $"{low - Math.Max(0.01, Math.Abs(low) / 3)}", $"{high + Math.Max(0.4, high / 3)}"];
        }

        if (type == typeof(TimeSpan))
            return ["-00:00:01", .. Equals(range.Minimum, "00:00:00") ? Array.Empty<string>() : ["00:00:00"], "10000.00:00:00"];
        var (least, most) = (Convert.ToDouble(range.Minimum), Convert.ToDouble(range.Maximum));
        return most >= int.MaxValue ? [$"{least - 1:0}", "-1"] : [$"{least - 1:0}", $"{most + 1:0}"];
    }

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void Read_ValueOutOfRange_IsNamed(string typeName, string property, string value)
    {
        var reader = new SettingsReader(BuiltInTrainers.Registry);

        reader.Read(Configuration(("Part:" + property, value)).GetSection("Reco:Part"), Activator.CreateInstance(Type.GetType(typeName)!)!);

        Assert.Contains(reader.Errors, error => error.StartsWith($"Reco:Part:{property}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Catalogue:MaxAttributes", "0")]
    [InlineData("Catalogue:MaxDistinctValues", "10000000")]
    [InlineData("Catalogue:MaxListLength", "1")]
    [InlineData("Catalogue:MaxTextLength", "10000")]
    [InlineData("Retraining:Recommender", "auto")]
    [InlineData("Retraining:AutoCandidates", "popularity, implicit-als")]
    [InlineData("Retraining:Tolerance", "0.4")]
    [InlineData("Retraining:MinOverlap", "0")]
    [InlineData("RequestLog:SampleRate", "1")]
    [InlineData("Retraining:Interval", "00:00:01")]
    [InlineData("Retraining:Interval", "7.00:00:00")]
    [InlineData("Retraining:Cron", "0 0 3 * * ?")]
    [InlineData("Retraining:Cron", "")]
    [InlineData("Trainers:biased-mf:BiasRegularization", "0.4")]
    [InlineData("Trainers:popularity:HalfLifeDays", "30.5")]
    [InlineData("Interactions:Kinds:wish:Weight", "0.5")]
    [InlineData("Interactions:Kinds:purchase:ConsumesForDays", "30")]
    [InlineData("Interactions:Kinds:refund:Undoes", "purchase")]
    [InlineData("Interactions:Kinds:return:Weight", "-3")]
    [InlineData("reTRAINing:sEED", "7")]
    public void Read_GoodValue_IsTaken(string key, string value) => Assert.NotNull(Read((key, value)));

    [Theory]
    [InlineData("Undoes", "rating", "'rating', which cannot be undone")]
    [InlineData("Undoes", "nothing", "'nothing', which is no kind of the table")]
    [InlineData("Undoes", "return", "'return', which cannot be undone")]
    [InlineData("Undoes", "wish", "'wish', which cannot be undone")]
    public void Read_KindThatUndoesWhatItCannot_IsAFault(string key, string value, string fault) =>
        Assert.Contains(ErrorsOf(($"Interactions:Kinds:wish:{key}", value)), error => error.Contains("Reco:Interactions: ", StringComparison.Ordinal) && error.Contains(fault, StringComparison.Ordinal));

    [Fact]
    public void Read_KindThatUndoesAndWeighs_IsAFault() =>
        Assert.Contains(
            ErrorsOf(("Interactions:Kinds:refund:Undoes", "purchase"), ("Interactions:Kinds:refund:Weight", "1")), error => error.Contains("'refund' undoes another", StringComparison.Ordinal));

    [Theory]
    [InlineData("", "popularity", ModelRoles.Fallback)]
    [InlineData("", "content", ModelRoles.ColdStart | ModelRoles.Similarity)]
    [InlineData("ease", "ease", ModelRoles.Fallback | ModelRoles.Similarity)]
    [InlineData("svd++", "svd++", ModelRoles.None)]
    [InlineData("ease:similarity", "ease", ModelRoles.Similarity)]
    [InlineData("content, ease : fallback + similarity", "ease", ModelRoles.Fallback | ModelRoles.Similarity)]
    [InlineData("svdpp:fallback", "svd++", ModelRoles.Fallback)]
    [InlineData("popularity:none", "popularity", ModelRoles.None)]
    [InlineData("ease", "gone", ModelRoles.None)]
    public void RolesOf_WhatIsTrainedBeside_AreItsOwnOrTheConfigured(string alsoTrain, string trainer, ModelRoles roles) =>
        Assert.Equal(roles, Read(("Retraining:AlsoTrain", alsoTrain)).Retraining.RolesOf(trainer, BuiltInTrainers.Registry));

    [Fact]
    public void Read_RoleThatIsNone_IsNamedWithTheKnown() =>
        Assert.Contains(
            "Reco:Retraining:AlsoTrain: 'cooking' is no role; known are none, fallback, cold-start, similarity.", ErrorsOf(("Retraining:AlsoTrain", "ease:similarity+cooking")));

    [Fact]
    public void Read_FormerNamesOfTrainers_AreUnderstood()
    {
        var settings = Read(
            ("Retraining:Recommender", "one-class"), ("Retraining:AlsoTrain", "svdpp, squared"), ("Retraining:AutoCandidates", "one-class,ease"), ("Trainers:one-class:Factors", "8"), ("Trainers:svdpp:Factors", "4"));

        Assert.Equal(["implicit-als", "svd++"], settings.Trainers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["implicit-als", "svd++", "biased-mf", "popularity"], settings.Retraining.TrainerNames());
        Assert.Equal(["implicit-als", "ease"], settings.Retraining.CandidateNames(BuiltInTrainers.Registry, isFirstModel: false, canRepeat: false));
        Assert.Contains(
            ErrorsOf(("Trainers:one-class:Factors", "8"), ("Trainers:implicit-als:Factors", "9")), error => error.Contains("under two names; implicit-als is the one to keep", StringComparison.Ordinal));
    }

    [Fact]
    public void KindsOf_PartOfAKind_LeavesTheRestOfItsDefault()
    {
        var kinds = SettingsExtensions.KindsOf(new InteractionSettings
        {
            Kinds = new()
            {
                ["purchase"] = new KindSettings { ConsumesForDays = 30 },
                ["view"] = new KindSettings { ConsumesForDays = 1 },
                ["like"] = new KindSettings { Weight = 7 },
                ["refund"] = new KindSettings { Undoes = "purchase" },
                ["return"] = new KindSettings { Weight = -3 },
                ["wish"] = new KindSettings(),
            },
        });

        InteractionKind Kind(string name) => kinds.TryGetIndex(name, out var index) ? kinds[index] : throw new ArgumentException(name, nameof(name));
        Assert.Equal(new InteractionKind("purchase", 8, Consumes: true) { ConsumesForDays = 30 }, Kind("purchase"));
        Assert.Equal(new InteractionKind("view", 1, Consumes: true) { ConsumesForDays = 1 }, Kind("view"));
        Assert.Equal(new InteractionKind("like", 7, Consumes: false), Kind("like"));
        Assert.Equal(new InteractionKind("refund", 0, Consumes: false) { Undoes = "purchase" }, Kind("refund"));
        Assert.Equal(new InteractionKind("return", -3, Consumes: false), Kind("return"));
        Assert.Equal(new InteractionKind("wish", 1, Consumes: false), Kind("wish"));
        Assert.Equal("add-to-cart", Kind("remove-from-cart").Undoes);
    }
}
