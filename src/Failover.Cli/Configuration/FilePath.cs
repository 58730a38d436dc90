namespace Failover;

/// <summary>Paths in a configuration file: relative ones begin where that file is.</summary>
internal static class FilePath
{
    /// <summary>The path, short where the file that says it was named so.</summary>
    public static string Of(string path, string file) => Path.Combine(Path.GetDirectoryName(file) ?? "", path);

    /// <summary>The path from the root on, so that it is the same one wherever the process was started; null where the text is
    /// no path.</summary>
    public static string? Full(string path, string file) =>
        string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal)
            ? null
            : Path.GetFullPath(Of(path, file));
}
