namespace Failover;

/// <summary>The people listed in a password file as Apache's <c>htpasswd</c> writes it.</summary>
/// <remarks>
/// A description: nothing is read by making it. The server reads the file when it starts, at every log-in and once a second.
/// While the file is missing, unreadable, larger than 1 MiB, lists nobody or a user twice, or holds a line that cannot be
/// checked, the components that it guards are served, and every POST that it guards is answered with 503; a warning in the log
/// names file and line. A file that was good before leaves its last good version in force for 5 s after it was first found bad.
/// Once it is good, it counts without a restart.
/// Formats: bcrypt of cost 4 to 14 (<c>htpasswd -B</c>), <c>$apr1$</c> (<c>-m</c>), <c>{SHA}</c> (<c>-s</c>),
/// <c>$5$</c> and <c>$6$</c> with 1000 to 1000000 rounds (<c>-2</c>, <c>-5</c>), DES crypt (<c>-d</c>).
/// </remarks>
public sealed record HtpasswdFile : Authentication
{
    /// <summary>Describes the file; does not open it.</summary>
    /// <param name="path">Where it is; a relative path starts at the process's working directory.</param>
    /// <exception cref="ArgumentNullException"><paramref name="path"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty, blank, or holds a NUL.</exception>
    public HtpasswdFile(string path)
    {
        const string accepted = "the path of a file that htpasswd wrote";
        if (path is null)
        {
            throw new ArgumentNullException(nameof(path), $"path is missing; accepted: {accepted}");
        }

        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal))
        {
            string got = path.Length == 0 ? "empty" : $"\"{path.Replace("\0", "\\0", StringComparison.Ordinal)}\"";
            throw new ArgumentException($"path is {got}; accepted: {accepted}", nameof(path));
        }

        Path = path;
    }

    /// <summary>Where the file is, as it was given.</summary>
    public string Path { get; }

    internal override string FullText => $"htpasswd({EscapedText.Of(Path)})";
}
