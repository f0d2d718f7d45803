using System.Net.Http.Headers;
using System.Text;

namespace RecoService.Api.Tests.Documentation;

/// <summary>A call of curl as a page shows it, to the service that <c>dotnet run</c> starts.</summary>
/// <param name="Text">The line itself.</param>
/// <param name="Answer">The JSON that the page shows after it; null when it shows none.</param>
internal sealed record CurlLine(string Text, string? Answer)
{
    private const string Address = "http://localhost:5080";

    /// <summary>Those in the blocks of code of a page, in its order.</summary>
    public static List<CurlLine> In(string page)
    {
        var lines = new List<CurlLine>();
        var parts = page.Split("```");
        for (var part = 1; part < parts.Length; part += 2)
        {
            var follows = parts[part - 1].Trim().Length == 0;
            if (parts[part].StartsWith("json\n", StringComparison.Ordinal) && follows && lines.Count > 0)
                lines[^1] = lines[^1] with { Answer = parts[part][5..] };
            else if (parts[part].StartsWith('\n'))
                lines.AddRange(Commands(parts[part]).Where(command => command.StartsWith("curl ", StringComparison.Ordinal) && command.Contains(Address, StringComparison.Ordinal)).Select(command => new CurlLine(command, null)));
        }

        return lines;
    }

    /// <summary>The request that curl would send, to another address.</summary>
    public HttpRequestMessage ToRequest(Uri service)
    {
        var request = new HttpRequestMessage { Method = HttpMethod.Get };
        var words = Words(Text);
        for (var word = 1; word < words.Count; word++)
        {
            if (words[word] == "-i")
                continue;
            if (words[word] == "-X")
                request.Method = new HttpMethod(words[++word]);
            else if (words[word] == "-d")
                request.Content = new StringContent(words[++word], Encoding.UTF8, MediaTypeHeaderValue.Parse("text/plain"));
            else if (words[word] != "-H")
                request.RequestUri = new Uri(words[word].Replace(Address, service.ToString().TrimEnd('/'), StringComparison.Ordinal));
            else
                word++;
        }

        for (var word = 1; word < words.Count; word++)
        {
            if (words[word - 1] != "-H")
                continue;
            var (name, value) = (words[word].Split(": ", 2)[0], words[word].Split(": ", 2)[1]);
            if (name == "Content-Type")
                request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else
                request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    /// <summary>One or more lines each: a quote or a backslash at the end of a line goes on with the next.</summary>
    private static IEnumerable<string> Commands(string block)
    {
        var command = "";
        foreach (var line in block.Split('\n'))
        {
            command += line;
            if (command.EndsWith('\\') || command.Count(sign => sign == '\'') % 2 == 1)
            {
                command = command.TrimEnd('\\') + "\n";
                continue;
            }

            yield return command;
            command = "";
        }
    }

    /// <summary>As a shell cuts them, with single and double quotes.</summary>
    private static List<string> Words(string command)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        char? quote = null;
        foreach (var sign in command + " ")
        {
            if (sign == quote)
                quote = null;
            else if (quote is null && (sign is '\'' or '"'))
                quote = sign;
            else if (quote is not null || !char.IsWhiteSpace(sign))
                word.Append(sign);
            else if (word.Length > 0)
                Take();
        }

        return words;

        void Take()
        {
            words.Add(word.ToString());
            word.Clear();
        }
    }
}
