using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Failover;

/// <summary>Starts a program in a session of its own, which .NET's Process cannot: posix_spawn(3).</summary>
/// <remarks>The program gets three streams and no other descriptor. It gets no controlling terminal either, which a password prompt would
/// wait at. No code of this process runs in the child, as it would between fork(2) and execve(2).</remarks>
[SupportedOSPlatform("linux")]
internal static partial class PosixSpawn
{
    // spawn.h of glibc and of musl
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;

    // Larger than any of them: glibc 2.36 and musl 1.2 on 64 bits need 336 for the attributes, 80 for the actions, 128 for a signal set.
    private const int StructSize = 1024;

    private const int ReadOnly = 0;
    private const int Input = 0;
    private const int Output = 1;
    private const int Errors = 2;

    /// <summary>Starts a program, whose process is the leader of a group of its number.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="arguments">Its arguments, the first of which is its own name.</param>
    /// <param name="environment">Its environment, as <c>NAME=VALUE</c>.</param>
    /// <param name="input">Its standard input; null: /dev/null.</param>
    /// <param name="output">Its standard output.</param>
    /// <param name="errors">Its standard error.</param>
    /// <param name="process">The number of its process.</param>
    /// <returns>0, or the error's number: errno(3).</returns>
    public static int Start(
        string path,
        IEnumerable<string> arguments,
        IEnumerable<string> environment,
        SafeFileHandle? input,
        SafeFileHandle output,
        SafeFileHandle errors,
        out int process
    )
    {
        byte[] actions = NewStruct();
        byte[] attributes = NewStruct();
        process = 0;
        int error = InitializeActions(actions);
        if (error != 0)
        {
            return error;
        }

        error = InitializeAttributes(attributes);
        if (error == 0)
        {
            error = Prepare(actions, attributes, input, output, errors);
            if (error == 0)
            {
                error = Spawn(out process, path, actions, attributes, [.. arguments, null], [.. environment, null]);
            }

            DestroyAttributes(attributes);
        }

        DestroyActions(actions);
        return error;
    }

    private static int Prepare(
        byte[] actions,
        byte[] attributes,
        SafeFileHandle? input,
        SafeFileHandle output,
        SafeFileHandle errors
    )
    {
        int error = input is null
            ? AddOpen(actions, Input, "/dev/null", ReadOnly, mode: 0)
            : AddDuplicate(actions, input, Input);
        error = error != 0 ? error : AddDuplicate(actions, output, Output);
        error = error != 0 ? error : AddDuplicate(actions, errors, Errors);
        error = error != 0 ? error : AddCloseFrom(actions);
        if (error != 0)
        {
            return error;
        }

        // What this process ignores, as .NET does SIGPIPE, its children would ignore as well.
        byte[] signals = NewStruct();
        FillSignals(signals);
        SetDefaultSignals(attributes, signals);
        EmptySignals(signals);
        SetMask(attributes, signals);
        return SetFlags(attributes, SetSignalDefaults | SetSignalMask | SetSession);
    }

    // What the runtime opens does not stay open in a child; what this process was given, or a library opened, may.
    private static int AddCloseFrom(byte[] actions)
    {
        try
        {
            return AddCloseFrom(actions, Errors + 1);
        }
        catch (EntryPointNotFoundException)
        {
            // glibc before 2.34, and musl
            return 0;
        }
    }

    private static byte[] NewStruct() => GC.AllocateArray<byte>(StructSize, pinned: true);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Spawn(
        out int process,
        string path,
        byte[] actions,
        byte[] attributes,
        string?[] arguments,
        string?[] environment
    );

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int InitializeActions(byte[] actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int DestroyActions(byte[] actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int AddOpen(byte[] actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int AddDuplicate(byte[] actions, SafeFileHandle from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int AddCloseFrom(byte[] actions, int first);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int InitializeAttributes(byte[] attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int DestroyAttributes(byte[] attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetFlags(byte[] attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetDefaultSignals(byte[] attributes, byte[] signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetMask(byte[] attributes, byte[] signals);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FillSignals(byte[] signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EmptySignals(byte[] signals);
}
