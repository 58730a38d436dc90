using System.Runtime.Versioning;

namespace Failover;

/// <summary>Where a daemon leaves its address, and where commands look for it. A password is sent to that address: only what root,
/// this user, or whom root has given the folder to can have written there is believed.</summary>
/// <param name="environment">The environment's variables; null where one is not set.</param>
/// <param name="systemFolder">The folder of a daemon that root or systemd starts.</param>
internal sealed class RuntimeFolder(Func<string, string?> environment, string systemFolder)
{
    /// <summary>The usual one of the system.</summary>
    public const string OfSystem = "/run/failover";

    private const string Name = "failover";
    private const UnixFileMode OthersMayWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Where a daemon writes: systemd's folder for it, else the user's, else the system's where it is root; null: nowhere.</summary>
    public string? Writable =>
        environment("RUNTIME_DIRECTORY") is { Length: > 0 } given
            ? given.Split(':')[0]
            : OfUser ?? (OperatingSystem.IsLinux() && ProcessUser.Id == ProcessUser.Root ? systemFolder : null);

    /// <summary>Those in which what is written is to be believed.</summary>
    public IEnumerable<string> Trusted =>
        OperatingSystem.IsLinux() ? new[] { OfUser, systemFolder }.OfType<string>().Where(IsTrusted) : [];

    private string? OfUser =>
        environment("XDG_RUNTIME_DIR") is { Length: > 0 } folder && Path.IsPathRooted(folder)
            ? Path.Combine(folder, Name)
            : null;

    /// <summary>Whether a file in a trusted folder is to be believed.</summary>
    public static bool IsTrustedFile(string file) =>
        OperatingSystem.IsLinux()
        && Status(file) is { Type: FileType.Regular } status
        && IsClosed(status)
        && Status(Path.GetDirectoryName(file)!) is { } folder
        && (IsOwnedByThisUser(status) || status.Owner == folder.Owner);

    /// <summary>Whose a file is; null where it is gone.</summary>
    public static uint? OwnerOf(string file) => OperatingSystem.IsLinux() ? Status(file)?.Owner : null;

    // Where root alone may write above it, root has made it, for whomever it belongs to.
    [SupportedOSPlatform("linux")]
    private static bool IsTrusted(string folder) =>
        Status(folder) is { Type: FileType.Folder } status
        && IsClosed(status)
        && (
            IsOwnedByThisUser(status)
            || (
                Status(Path.GetDirectoryName(folder)!) is { Type: FileType.Folder, Owner: ProcessUser.Root } above
                && IsClosed(above)
            )
        );

    [SupportedOSPlatform("linux")]
    private static bool IsClosed(Statx.Status status) => (status.Rights & OthersMayWrite) == UnixFileMode.None;

    [SupportedOSPlatform("linux")]
    private static bool IsOwnedByThisUser(Statx.Status status) =>
        status.Owner == ProcessUser.Root || status.Owner == ProcessUser.Id;

    [SupportedOSPlatform("linux")]
    private static Statx.Status? Status(string path) =>
        Statx.Read(path, followsLink: false, out Statx.Status status) == 0 ? status : null;
}
