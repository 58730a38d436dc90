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

    /// <summary>Where a daemon writes: systemd's folder for it, else the user's, else the system's where it is root; null: nowhere. Root
    /// does not write where others may: <c>sudo</c> may have kept another user's session.</summary>
    public string? Writable =>
        environment("RUNTIME_DIRECTORY") is { Length: > 0 } given ? given.Split(':')[0]
        : OperatingSystem.IsLinux() && ProcessUser.Id == ProcessUser.Root
            ? OfUser is { } folder && MayBeMade(folder) ? folder
                : systemFolder
        : OfUser;

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

    /// <summary>Whether a daemon may write in a folder, or make it: it is to be trusted, or is not there and the nearest one above it that
    /// is there is one in which no other user can replace it.</summary>
    public static bool MayBeMade(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        if (Status(folder) is not null)
        {
            return IsTrusted(folder);
        }

        string? above = Path.GetDirectoryName(folder);
        while (above is not null && Status(above) is null)
        {
            above = Path.GetDirectoryName(above);
        }

        return above is not null
            && Status(above, followsLink: true) is { Type: FileType.Folder } status
            && IsOwnedByThisUser(status)
            && (IsClosed(status) || status.Rights.HasFlag(UnixFileMode.StickyBit));
    }

    /// <summary>Whether what is written in a folder is to be believed. Where root alone may write above it, root has made it, for whomever it
    /// belongs to.</summary>
    public static bool IsTrusted(string folder) =>
        !OperatingSystem.IsLinux()
        || (
            Status(folder) is { Type: FileType.Folder } status
            && IsClosed(status)
            && (
                IsOwnedByThisUser(status)
                || (
                    Status(Path.GetDirectoryName(folder)!) is { Type: FileType.Folder, Owner: ProcessUser.Root } above
                    && IsClosed(above)
                )
            )
        );

    [SupportedOSPlatform("linux")]
    private static bool IsClosed(Statx.Status status) => (status.Rights & OthersMayWrite) == UnixFileMode.None;

    [SupportedOSPlatform("linux")]
    private static bool IsOwnedByThisUser(Statx.Status status) =>
        status.Owner == ProcessUser.Root || status.Owner == ProcessUser.Id;

    [SupportedOSPlatform("linux")]
    private static Statx.Status? Status(string path, bool followsLink = false) =>
        Statx.Read(path, followsLink, out Statx.Status status) == 0 ? status : null;
}
