using System.Globalization;
using System.Threading.Channels;

namespace Failover;

/// <summary>Lines for people: what is served where, and what happens.</summary>
internal sealed class EventLog(TextWriter writer, TimeProvider time)
{
    // Warnings come from threads of their own.
    private readonly TextWriter output = TextWriter.Synchronized(writer);

    public void WriteStart(string url, IReadOnlyCollection<Component> components)
    {
        output.WriteLine($"failover listens on {url}");
        foreach (Component component in components)
        {
            string post = component.OnPost is null ? "" : "   (POST: reset)";
            output.WriteLine(
                $"  /{Printable.Escape(component.Name)}   {Printable.Escape(component.Root.Description.Summary)}{post}"
            );
        }

        output.Flush();
    }

    public void WriteNotice(string text) => Write(Printable.Escape(text));

    public void WriteWarning(string text) => Write($"warning: {Printable.Escape(text)}");

    /// <summary>Writes what keeps something from being done; of several lines, each on its own.</summary>
    public void WriteError(string text) =>
        Write($"error: {string.Join("\n  ", text.TrimEnd('\n').Split('\n').Select(Printable.Escape))}");

    private void Write(string text)
    {
        output.WriteLine($"{Stamp()} {text}");
        output.Flush();
    }

    /// <summary>Writes events as they come, until there will be no more.</summary>
    public async Task WriteAllAsync(ChannelReader<HealthEvent> events)
    {
        await foreach (HealthEvent happened in events.ReadAllAsync())
        {
            try
            {
                await output.WriteLineAsync($"{Stamp()} /{Printable.Escape(happened.Component)} {Text(happened)}");
                if (!events.TryPeek(out _))
                {
                    await output.FlushAsync();
                }
            }
            catch (IOException)
            {
                // A full disk, most likely. The line is lost; the ones that come when there is room again are not.
            }
        }
    }

    internal static string Text(HealthEvent happened) =>
        happened switch
        {
            StateChange change => $"{change.From.Word()} -> {change.To.Word()}: {Printable.Escape(change.Reason)}",
            PostAudit post =>
                $"POST by {(post.User is null ? "nobody" : Printable.Escape(post.User))} from {post.Source}: {post.Outcome}",
            _ => happened.ToString(),
        };

    private string Stamp() => time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
