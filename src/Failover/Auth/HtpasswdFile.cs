namespace Failover;

/// <summary>The people listed in a password file as Apache's <c>htpasswd</c> writes it.</summary>
/// <remarks>
/// A description: nothing is read by making it. The server reads the file when it starts, and does not start when the
/// file is missing, unreadable, larger than 1 MiB, lists nobody or a user twice, or holds a line that it cannot check:
/// a <see cref="FailoverStartException"/> names file and line. From then on the file is read anew at every log-in and once a
/// second. One that has gone bad meanwhile leaves the last good one in force for 5 s after it was first noticed; then every
/// log-in is answered with 503 until the file is good again.
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

    internal override string FullText => $"htpasswd({ExactText.Of(Path)})";
}
