using System.Collections.Frozen;
using System.Globalization;

namespace Failover;

/// <summary>The names of the tcp services in a services file (services(5)); on Debian the package netbase has it.</summary>
/// <param name="path">The file. It is read when a name is asked for, and again when it has changed.</param>
internal sealed class Services(string path)
{
    private Content? content;

    /// <summary>The services file of this machine.</summary>
    public static Services System { get; } =
        new(
            OperatingSystem.IsWindows()
                ? global::System.IO.Path.Combine(Environment.SystemDirectory, "drivers", "etc", "services")
                : "/etc/services"
        );

    public string Path => path;

    public IEnumerable<string> Names => Read().Ports.Keys;

    /// <summary>Another text where the file is another one.</summary>
    public string Version =>
        Read() is var ((written, length), _, unreadable)
            ? string.Create(CultureInfo.InvariantCulture, $"{written.Ticks} {length} {unreadable}")
            : "";

    /// <summary>The port of a service, by its name or an alias; null where the file does not list it for tcp.</summary>
    public int? Find(string name) => Read().Ports.TryGetValue(name, out int port) ? port : null;

    /// <summary>What came of looking for a name that was not found.</summary>
    public string Searched() =>
        Read().Unreadable is { } why ? $"{path} cannot be read: {why}" : $"not a tcp service in {path}";

    /// <summary>The ports of the tcp services by name and alias. What is not a line of such a file is passed over, as
    /// the C library does; the first of several lines for a name counts.</summary>
    /// <remarks>Names are compared without case (RFC 6335, 5.1).</remarks>
    public static FrozenDictionary<string, int> Parse(IEnumerable<string> lines)
    {
        Dictionary<string, int> ports = new(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines)
        {
            string[] words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (
                words.Length >= 2
                && words[1].Split('/') is [var number, var protocol]
                && string.Equals(protocol, "tcp", StringComparison.OrdinalIgnoreCase)
                && ushort.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
                && port >= Port.Lowest
            )
            {
                foreach (string name in words.Where((_, index) => index != 1))
                {
                    ports.TryAdd(name, port);
                }
            }
        }

        return ports.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private Content Read()
    {
        FileInfo file = new(path);
        try
        {
            (DateTime, long) version = (file.LastWriteTimeUtc, file.Length);
            if (content is not { } known || known.Version != version)
            {
                content = known = new(version, Parse(File.ReadLines(path)), Unreadable: null);
            }

            return known;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            string why = unreadable is FileNotFoundException or DirectoryNotFoundException
                ? "it does not exist"
                : unreadable.Message;
            return new(default, FrozenDictionary<string, int>.Empty, why);
        }
    }

    private sealed record Content((DateTime, long) Version, FrozenDictionary<string, int> Ports, string? Unreadable);
}
