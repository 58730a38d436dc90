using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>The file of a command's program: a path from the root on, or a name in the folders of <c>PATH</c>.</summary>
[SupportedOSPlatform("linux")]
internal static partial class CommandFile
{
    // The C library's own, where the variable is missing (execvp(3)).
    private const string DefaultPath = "/bin:/usr/bin";
    private const int Executable = 1; // X_OK, unistd.h

    /// <summary><c>PATH</c> of this process.</summary>
    public static string SearchPath =>
        Environment.GetEnvironmentVariable("PATH") is { Length: > 0 } path ? path : DefaultPath;

    /// <summary>The file of a program.</summary>
    /// <param name="program">A path from the root on, or a name.</param>
    /// <param name="fault">Why there is none; empty where there is one.</param>
    /// <returns>Its path; null where there is none that this user may execute.</returns>
    public static string? Find(string program, out string fault)
    {
        fault = "";
        if (program.Contains('/'))
        {
            fault =
                !Exists(program) ? "no such file"
                : IsExecutable(program) ? ""
                : "it is not executable, or not by this user";
            return fault.Length == 0 ? program : null;
        }

        // A folder that is relative, or empty, would be one below the folder that this process happens to be in.
        string[] files =
        [
            .. SearchPath
                .Split(':')
                .Where(folder => folder.StartsWith('/'))
                .Select(folder => Path.Combine(folder, program)),
        ];
        if (files.FirstOrDefault(IsExecutable) is { } found)
        {
            return found;
        }

        fault = files.FirstOrDefault(Exists) is { } other
            ? $"{other} is not executable, or not by this user"
            : $"not in PATH, which is {SearchPath}";
        return null;
    }

    private static bool Exists(string path) => Statx.Read(path, followsLink: true, out _) == 0;

    private static bool IsExecutable(string path) =>
        Access(path, Executable) == 0
        && Statx.Read(path, followsLink: true, out Statx.Status status) == 0
        && status.Type == FileType.Regular;

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Access(string path, int mode);
}
