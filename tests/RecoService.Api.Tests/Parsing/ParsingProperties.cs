using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Xunit;
using RecoService.Api.Http;
using RecoService.Api.Importing.Records;
using RecoService.Api.Importing.Values;
using RecoService.Api.Wire;

namespace RecoService.Api.Tests.Parsing;

/// <summary>What holds of every text. A failure names the seed, which <c>Replay</c> repeats.</summary>
[Properties(MaxTest = 500, QuietOnSuccess = true)]
public sealed class ParsingProperties
{
    private static readonly string[] Delimiters = [",", ";", "\t", "::"];

    [Property]
    public void CsvTokenizer_FieldsThatWereQuoted_AreReadAsTheyWere(NonEmptyArray<string?> given, byte delimiterOf, bool isShort)
    {
        var delimiter = Delimiters[delimiterOf % Delimiters.Length];
        var fields = given.Get.Select(field => Utf8Of(field)).ToArray();
        var record = string.Join(delimiter, fields.Select(field => $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")) + "\r\n";
        var text = Encoding.UTF8.GetBytes(record + (isShort ? "" : new string('x', 64)));
        var tokenizer = new CsvTokenizer(Encoding.UTF8.GetBytes(delimiter), quotes: true);

        Assert.True(tokenizer.TryRead(text, isLast: isShort));

        Assert.Equal(CsvFault.None, tokenizer.Fault);
        Assert.Equal(Encoding.UTF8.GetByteCount(record), tokenizer.Length);
        Assert.Equal(record.Count(character => character == '\n'), tokenizer.LineFeeds);
        Assert.Equal(fields, Enumerable.Range(0, tokenizer.Count).Select(position => FieldOf(tokenizer, position, text)));
    }

    /// <summary>Whatever stands in a file, records follow one another without a gap to its end.</summary>
    [Property]
    public void CsvTokenizer_AnyText_IsCutIntoRecordsToItsEnd(byte[] text, bool quotes)
    {
        var tokenizer = new CsvTokenizer(","u8.ToArray(), quotes);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            Assert.True(tokenizer.TryRead(rest, isLast: true));
            Assert.InRange(tokenizer.Length, 1, rest.Length);
            for (var position = 0; position < tokenizer.Count; position++)
                Assert.InRange(tokenizer[position].Start + tokenizer[position].Length, tokenizer[position].Start, tokenizer.Length);
            rest = rest[tokenizer.Length..];
        }
    }

    /// <summary>The decimals as a German or an American spreadsheet writes them, with and without groups.</summary>
    [Property]
    public void NumberText_ANumberAsASpreadsheetWritesIt_IsThatNumber(int units, byte cents, bool isGrouped, bool isComma)
    {
        var number = units + ((units < 0 ? -1 : 1) * (cents % 100) / 100m);
        var text = number.ToString(isGrouped ? "#,##0.00" : "0.00", CultureInfo.InvariantCulture);
        if (isComma)
            text = text.Replace(',', '_').Replace('.', ',').Replace('_', '.');

        Assert.True(NumberText.TryRead(TextOf(text), isComma ? DecimalSign.Comma : DecimalSign.Point, out var read, out _, out var reason), reason);

        Assert.Equal(number, read);
    }

    [Property]
    public void NumberText_AnyText_IsANumberOrIsRefused(string? text)
    {
        foreach (var sign in Enum.GetValues<DecimalSign>())
            _ = NumberText.TryRead(TextOf(Utf8Of(text)), sign, out _, out _, out _);
    }

    /// <summary>A number that is believed without being told the decimal sign is the same under one of the signs, never a third.</summary>
    [Property]
    public void NumberText_AutomaticSign_AgreesWithOneOfTheTwo(uint whole, byte positions, byte groups)
    {
        var digits = whole.ToString(CultureInfo.InvariantCulture);
        var text = digits.Insert(positions % (digits.Length + 1), groups % 2 == 0 ? "," : ".");
        if (!NumberText.TryRead(TextOf(text), DecimalSign.Auto, out var read, out _, out _))
            return;

        var isPoint = NumberText.TryRead(TextOf(text), DecimalSign.Point, out var byPoint, out _, out _);
        var isComma = NumberText.TryRead(TextOf(text), DecimalSign.Comma, out var byComma, out _, out _);
        Assert.True((isPoint && byPoint == read) || (isComma && byComma == read), text);
    }

    [Property]
    public void TimeText_AMomentInAnyOffset_IsReadBackToTheTick(DateTimeOffset given, short minutes)
    {
        if (given.Year is < 3 or > 9997)
            return;
        var moment = given.ToOffset(TimeSpan.FromMinutes(minutes % (14 * 60)));

        Assert.True(TimeText.TryParseIso(moment.ToString("O", CultureInfo.InvariantCulture), zone: null, out var read));

        Assert.Equal(moment.UtcTicks, read.UtcTicks);
        Assert.Equal(TimeSpan.Zero, read.Offset);
    }

    [Property]
    public void TimeText_AnyText_IsATimeOrIsRefused(string? text) => _ = TimeText.TryParseIso(text ?? "", TimeZoneInfo.Utc, out _);

    [Property]
    public void UnixTime_SecondsAndMilliseconds_AreToldApartByTheirSize(DateTimeOffset given)
    {
        if (given.Year is < 1980 or >= 2100)
            return;
        var (seconds, milliseconds) = (given.ToUnixTimeSeconds(), given.ToUnixTimeMilliseconds());

        Assert.True(UnixTime.TryRead(seconds.ToString(CultureInfo.InvariantCulture), seconds, out var bySeconds, out _));
        Assert.True(UnixTime.TryRead(milliseconds.ToString(CultureInfo.InvariantCulture), milliseconds, out var byMilliseconds, out _));

        Assert.Equal((seconds, milliseconds), (bySeconds.ToUnixTimeSeconds(), byMilliseconds.ToUnixTimeMilliseconds()));
    }

    /// <summary>An id is the same whether a client escapes all of it or only what it must.</summary>
    [Property]
    public void PathId_AnEscapedText_IsDecodedOnce(string? given)
    {
        var text = Utf8Of(given);
        var escaped = string.Concat(Encoding.UTF8.GetBytes(text).Select(value => $"%{value:x2}"));

        Assert.True(PathId.TryDecode(Uri.EscapeDataString(text), out var byLibrary));
        Assert.True(PathId.TryDecode(escaped, out var byBytes));

        Assert.Equal(text, byLibrary);
        Assert.Equal(text, byBytes);
    }

    [Property]
    public void PathId_AnyText_IsAnIdOrNamesAProblem(string? raw)
    {
        Assert.True(PathId.TryParse(raw ?? "", out var id));

        Assert.True(id.Problem is not null || ExternalId.Problem(id.Value) is null);
    }

    /// <summary>FsCheck also makes halves of surrogate pairs and null, which UTF-8 cannot hold.</summary>
    private static string Utf8Of(string? text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));

    private static RawValue TextOf(string text) => new(ValueKind.Text, Encoding.UTF8.GetBytes(text));

    private static string FieldOf(CsvTokenizer tokenizer, int position, byte[] text)
    {
        var field = tokenizer[position];
        var value = Encoding.UTF8.GetString(text, field.Start, field.Length);
        return field.HasEscapes ? value.Replace("\"\"", "\"", StringComparison.Ordinal) : value;
    }
}
