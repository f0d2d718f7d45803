using System.Text;
using RecoService.Api.Importing.Records;

namespace RecoService.Api.Tests.Importing;

public sealed class CsvTokenizerTests
{
    /// <summary>Long texts go through wide registers, the ends of texts do not: what comes behind must not matter, and neither must how much of it is here.</summary>
    [Theory]
    [InlineData(",", true)]
    [InlineData(",", false)]
    [InlineData("::", true)]
    [InlineData("\t", false)]
    public void TryRead_AnyRecord_IsTheSameAsByASimpleLoop(string delimiter, bool quotes)
    {
        var random = new Random(5);
        string[] pieces = [delimiter, delimiter, "a", "bc", "\u00e9", " ", "\r", ":", "0123456789012345678901234567890123456789"];
        for (var round = 0; round < 2_000; round++)
        {
            var fields = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => pieces[random.Next(pieces.Length)])).TrimEnd('\r');
            var record = Encoding.UTF8.GetBytes(fields + (round % 2 == 0 ? "\n" : "\r\n"));
            var expected = fields.Split(delimiter);
            var tokenizer = new CsvTokenizer(Encoding.UTF8.GetBytes(delimiter), quotes);
            foreach (var behind in new[] { 0, 1, 31, 32, 200 })
            {
                byte[] text = [.. record, .. Enumerable.Repeat((byte)'x', behind)];

                Assert.True(tokenizer.TryRead(text, isLast: false));

                Assert.Equal((record.Length, 1, CsvFault.None), (tokenizer.Length, tokenizer.LineFeeds, tokenizer.Fault));
                Assert.Equal(expected, Enumerable.Range(0, tokenizer.Count).Select(position => Encoding.UTF8.GetString(text, tokenizer[position].Start, tokenizer[position].Length)));
            }

            Assert.False(tokenizer.TryRead(record.AsSpan(0, record.Length - 1), isLast: false));
        }
    }
}
