namespace Failover;

/// <summary>Where the sources are that these tests belong to.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo? folder) =>
        folder is null ? throw new InvalidOperationException("the tests run outside their repository")
        : File.Exists(Path.Combine(folder.FullName, "Failover.slnx")) ? folder.FullName
        : Find(folder.Parent);
}
