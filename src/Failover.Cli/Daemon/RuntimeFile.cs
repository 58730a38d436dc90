using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Failover;

/// <summary>Where a running daemon answers, for commands whose configuration file cannot be read at the moment.</summary>
/// <param name="Configuration">The path of the configuration as the daemon was given it, in the real path of its folder. The file may be a
/// link that leads elsewhere with each update, as in a ConfigMap of Kubernetes.</param>
/// <param name="Process">The daemon's process.</param>
/// <param name="Components">Where components are served.</param>
/// <param name="Management">Where the management API is; null: nowhere.</param>
/// <param name="Certificate">The PEM file of the certificate that is shown there; null where HTTPS is not spoken.</param>
/// <param name="ReloadsBegun">How many reloads have begun since the start.</param>
/// <param name="ReloadsEnded">How many have ended.</param>
/// <param name="IsReloadRejected">Whether the last one that ended was rejected.</param>
/// <param name="GivenPath">The absolute path of the configuration as the daemon was given it, links and all; null where an older version
/// left this.</param>
internal sealed partial record RuntimeFile(
    string Configuration,
    DaemonProcess Process,
    string Components,
    string? Management,
    string? Certificate,
    int ReloadsBegun,
    int ReloadsEnded,
    bool IsReloadRejected,
    string? GivenPath = null
)
{
    private const int Largest = 64 * 1024;
    private const string Untrusted =
        "others may write there; accepted: a folder that only root or this user may write in";

    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode FolderMode =
        Mode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Leaves it for the commands.</summary>
    /// <param name="folder">The folder, which is made where there is none.</param>
    /// <returns>Why it could not be; null where it is there.</returns>
    public string? Write(string folder)
    {
        string file = NameIn(folder, Configuration);
        string temporary = $"{file}.{Guid.NewGuid():N}";
        try
        {
            if (!RuntimeFolder.MayBeMade(folder))
            {
                return Untrusted;
            }

            MakeFolder(folder);
            if (!RuntimeFolder.IsTrusted(folder))
            {
                return Untrusted;
            }

            WriteNew(temporary, JsonSerializer.SerializeToUtf8Bytes(this, RuntimeFileJson.Default.RuntimeFile));
            File.Move(temporary, file, overwrite: true);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            return FileFault.Of(fault).Message;
        }
    }

    /// <summary>Takes it away, unless another process has put its own there.</summary>
    public void Remove(string folder)
    {
        string file = NameIn(folder, Configuration);
        if (Read(file)?.Process == Process)
        {
            TryDelete(file);
        }
    }

    /// <summary>What the running daemon of a configuration has left; null where none has, where it is no longer running, or where
    /// another user may have written it.</summary>
    public static RuntimeFile? Find(string configuration, RuntimeFolder folders)
    {
        string given = PathInRealFolder(configuration);
        RuntimeFile? left = folders
            .Trusted.Select(folder => Running(NameIn(folder, given)))
            .FirstOrDefault(running => running?.Configuration == given);
        if (left is not null)
        {
            return left;
        }

        // A folder of the path may be a link that leads elsewhere since the daemon last read the file; and a link to the file leads to the
        // same daemon.
        string full = Path.GetFullPath(configuration);
        string real = RealPath(configuration);
        RuntimeFile[] all = [.. folders.Trusted.SelectMany(RunningIn)];
        return all.FirstOrDefault(running => running.GivenPath == full)
            ?? all.FirstOrDefault(running => RealPath(running.Configuration) == real);
    }

    /// <summary>The path of a file in the real path of its folder, whatever the file itself leads to.</summary>
    public static string PathInRealFolder(string path)
    {
        string full = Path.GetFullPath(path);
        return !OperatingSystem.IsWindows() && Path.GetDirectoryName(full) is { } folder && Resolve(folder) is { } real
            ? Path.Combine(real, Path.GetFileName(full))
            : full;
    }

    // Of one that is gone, that of its folder.
    private static string RealPath(string path) =>
        (OperatingSystem.IsWindows() ? null : Resolve(Path.GetFullPath(path))) ?? PathInRealFolder(path);

    private static IEnumerable<RuntimeFile> RunningIn(string folder)
    {
        string[] files;
        try
        {
            files = Directory.GetFiles(folder, "*.json");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return [];
        }

        return files.Select(Running).OfType<RuntimeFile>();
    }

    private static RuntimeFile? Running(string file) =>
        RuntimeFolder.IsTrustedFile(file) && Read(file) is { Process.IsRunning: true } left ? left : null;

    // Never through a link that is there already: open(2), O_EXCL.
    private static void WriteNew(string path, byte[] content)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Mode;
        }

        using FileStream stream = new(path, options);
        if (!OperatingSystem.IsWindows())
        {
            // Whatever the umask: commands of other users read it.
            File.SetUnixFileMode(stream.SafeFileHandle, Mode);
        }

        stream.Write(content);
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Its process is compared with those that run.
        }
    }

    // A folder that others may write in is not believed, whatever the umask.
    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, FolderMode);
        }
    }

    private static string NameIn(string folder, string configuration) =>
        Path.Combine(
            folder,
            $"{Convert.ToHexStringLower(Sha256.HashData(Encoding.UTF8.GetBytes(configuration)))[..32]}.json"
        );

    private static RuntimeFile? Read(string file)
    {
        try
        {
            return
                JsonSerializer.Deserialize(RegularFile.Read(file, Largest).Bytes, RuntimeFileJson.Default.RuntimeFile)
                    is { } read
                ? read with
                {
                    Process = read.Process with { User = RuntimeFolder.OwnerOf(file) },
                }
                : null;
        }
        catch (Exception fault) when (fault is FileFault or JsonException)
        {
            return null;
        }
    }

    private static string? Resolve(string path)
    {
        nint resolved = RealPath(path, 0);
        try
        {
            return Marshal.PtrToStringUTF8(resolved);
        }
        finally
        {
            Free(resolved);
        }
    }

    // .NET follows the last link of a path only.
    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint RealPath(string path, nint buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void Free(nint memory);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(RuntimeFile))]
internal sealed partial class RuntimeFileJson : JsonSerializerContext;
