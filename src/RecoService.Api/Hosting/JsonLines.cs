using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace RecoService.Api.Hosting;

/// <summary>One JSON object a line: time in UTC, level, message, the exception if there is one, and every value of the message under its name. By hand, because Serilog's own formatters name these fields otherwise, and collectors are set up for them.</summary>
internal sealed class JsonLines : ITextFormatter
{
    private static readonly MessageTemplateTextFormatter Message = new("{Message:lj}");
    private static readonly JsonValueFormatter Values = new(typeTagName: null);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var message = new StringWriter();
        Message.Format(logEvent, message);
        output.Write($"{{\"time\":\"{logEvent.Timestamp.UtcDateTime:O}\",\"level\":\"{logEvent.Level}\"");
        Write("message", message.ToString());
        if (logEvent.Exception is { } exception)
            Write("exception", exception.ToString());
        foreach (var (name, value) in logEvent.Properties)
        {
            WriteName(name);
            Values.Format(value, output);
        }

        output.Write("}\n");

        void WriteName(string name)
        {
            output.Write(',');
            JsonValueFormatter.WriteQuotedJsonString(name, output);
            output.Write(':');
        }

        void Write(string name, string text)
        {
            WriteName(name);
            JsonValueFormatter.WriteQuotedJsonString(text, output);
        }
    }
}
