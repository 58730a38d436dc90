using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Failover;

/// <summary>What a disk may hold when the power goes, from the calls that a process made: all that was synced, and of the
/// rest any part.</summary>
internal sealed partial class TracedDisk(string folder)
{
    private const int Sector = 512;

    private readonly Dictionary<string, byte[]> synced = [];
    private readonly HashSet<string> entries = [];
    private readonly List<Change> pending = [];

    private sealed record Change(string File, byte[]? Data, long At, bool IsUnlink);

    /// <summary>The calls that count.</summary>
    public const string Calls = "write,pwrite64,ftruncate,fdatasync,fsync,unlink,rename";

    /// <summary>What was written to pipes, as text.</summary>
    public StringBuilder Output { get; } = new();

    /// <summary>Takes a line of <c>strace -f -y -xx</c>.</summary>
    /// <returns>Whether it changes what the disk may hold.</returns>
    public bool Take(string line)
    {
        Match match = Call().Match(line);
        if (!match.Success)
        {
            return false;
        }

        string name = match.Groups["name"].Value;
        string path = Text(match.Groups["path"].Value);
        string rest = match.Groups["rest"].Value;
        if (name == "write")
        {
            Output.Append(path.StartsWith("pipe:", StringComparison.Ordinal) ? Text(Quoted(rest)) : "");
            return false;
        }

        if (path == folder)
        {
            SyncFolder();
        }
        else if (Path.GetDirectoryName(path) != folder)
        {
            return false;
        }
        else if (name is "fsync" or "fdatasync")
        {
            Sync(path);
        }
        else
        {
            string[] numbers = rest[(rest.LastIndexOf('"') + 1)..]
                .Split([',', ' ', ')'], StringSplitOptions.RemoveEmptyEntries);
            pending.Add(
                name switch
                {
                    "pwrite64" => new(path, Bytes(Quoted(rest)), Number(numbers[1]), IsUnlink: false),
                    "ftruncate" => new(path, null, Number(numbers[0]), IsUnlink: false),
                    "unlink" => new(path, null, 0, IsUnlink: true),
                    _ => throw new InvalidOperationException($"not expected here: {name}"),
                }
            );
        }

        return true;
    }

    /// <summary>What the folder may hold now: the bytes of each file by its path.</summary>
    public IEnumerable<(string What, Dictionary<string, byte[]> Files)> Variants()
    {
        int count = pending.Count;
        yield return ("only what was synced", With([]));
        if (count == 0)
        {
            yield break;
        }

        yield return ("all of it", With(pending));
        yield return ("all but the last", With(pending.Take(count - 1)));
        yield return ("the last alone", With([pending[^1]]));
        yield return ("every other one", With(pending.Where((_, i) => i % 2 == 0)));
        yield return ("the others", With(pending.Where((_, i) => i % 2 == 1)));
        yield return ("all but the first", With(pending.Skip(1)));
        yield return ("the second half", With(pending.Skip(count / 2)));
        yield return ("all, in files whose names were synced", With(pending, onlyEntries: true));
        Change last = pending[^1];
        if (last.Data is { Length: > Sector } data)
        {
            List<Change> sectors =
            [
                .. data.Chunk(Sector).Select((sector, i) => last with { Data = sector, At = last.At + (i * Sector) }),
            ];
            List<Change> before = pending[..^1];
            yield return ("a first sector of the last", With([.. before, sectors[0]]));
            yield return ("all but the first sector of the last", With([.. before, .. sectors.Skip(1)]));
            yield return ("every other sector of the last", With([.. before, .. sectors.Where((_, i) => i % 2 == 0)]));
            yield return ("the second half of the last alone", With(sectors.Skip(sectors.Count / 2)));
        }
    }

    private void Sync(string path)
    {
        foreach (Change change in pending.Where(change => change.File == path && !change.IsUnlink))
        {
            Apply(synced, change);
        }

        pending.RemoveAll(change => change.File == path && !change.IsUnlink);
    }

    private void SyncFolder()
    {
        foreach (Change change in pending.Where(change => change.IsUnlink))
        {
            synced.Remove(change.File);
            entries.Remove(change.File);
        }

        pending.RemoveAll(change => change.IsUnlink);
        entries.UnionWith(synced.Keys);
        entries.UnionWith(pending.Select(change => change.File));
    }

    private Dictionary<string, byte[]> With(IEnumerable<Change> changes, bool onlyEntries = false)
    {
        Dictionary<string, byte[]> files = new(synced);
        foreach (Change change in changes)
        {
            Apply(files, change);
        }

        return onlyEntries ? files.Where(file => entries.Contains(file.Key)).ToDictionary() : files;
    }

    private static void Apply(Dictionary<string, byte[]> files, Change change)
    {
        byte[] bytes = files.GetValueOrDefault(change.File) ?? [];
        if (change.IsUnlink)
        {
            files.Remove(change.File);
        }
        else if (change.Data is null)
        {
            Array.Resize(ref bytes, (int)change.At);
            files[change.File] = bytes;
        }
        else
        {
            byte[] longer = new byte[Math.Max(bytes.Length, change.At + change.Data.Length)];
            bytes.CopyTo(longer, 0);
            change.Data.CopyTo(longer, change.At);
            files[change.File] = longer;
        }
    }

    private static string Quoted(string rest) => rest[(rest.IndexOf('"') + 1)..rest.LastIndexOf('"')];

    private static byte[] Bytes(string escaped) =>
        Convert.FromHexString(escaped.Replace("\\x", "", StringComparison.Ordinal));

    private static string Text(string escaped) =>
        escaped.StartsWith('\\') ? Encoding.UTF8.GetString(Bytes(escaped)) : escaped;

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        """^\d+ +(?<name>[a-z0-9]+)\((\d+<(?<path>[^>]*)>|"(?<path>[^"]*)")(?<rest>.*)$""",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Call();
}
