using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace Failover;

/// <summary>Asks for a password on the terminal, without showing what is typed.</summary>
internal static partial class PasswordPrompt
{
    private const int Longest = 1024;

    // Linux: asm-generic/termbits.h and termios.h; the same on x86-64 and on ARM.
    private const int SettingsSize = 60;
    private const int LocalFlags = 12;
    private const uint Echo = 8;
    private const int AfterFlush = 2;

    public static string? Ask(string question) =>
        OperatingSystem.IsLinux() ? Ask(question, "/dev/tty")
        : Console.IsInputRedirected ? null
        : AskOnConsole(question);

    /// <summary>The answer; null where there is no such terminal.</summary>
    /// <param name="question">What is shown.</param>
    /// <param name="path">The terminal: not the standard input, which may be redirected.</param>
    [SupportedOSPlatform("linux")]
    internal static string? Ask(string question, string path)
    {
        try
        {
            using FileStream terminal = new(
                path,
                FileMode.Open,
                FileAccess.ReadWrite,
                FileShare.ReadWrite,
                bufferSize: 0
            );
            return Ask(question, terminal);
        }
        catch (Exception none) when (none is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [SupportedOSPlatform("linux")]
    private static string? Ask(string question, FileStream terminal)
    {
        int descriptor = (int)terminal.SafeFileHandle.DangerousGetHandle();
        byte[] before = new byte[SettingsSize];
        if (GetSettings(descriptor, before) != 0)
        {
            return null;
        }

        byte[] silent = [.. before];
        BitConverter.TryWriteBytes(silent.AsSpan(LocalFlags), BitConverter.ToUInt32(before, LocalFlags) & ~Echo);
        // Who interrupts gets a terminal back that shows what is typed.
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Restore);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Restore);
        try
        {
            _ = SetSettings(descriptor, AfterFlush, silent);
            terminal.Write(Encoding.UTF8.GetBytes(question));
            return ReadLine(terminal);
        }
        finally
        {
            _ = SetSettings(descriptor, AfterFlush, before);
            terminal.Write("\n"u8);
        }

        void Restore(PosixSignalContext context) => _ = SetSettings(descriptor, AfterFlush, before);
    }

    // What Linux has no need for: the runtime's own way, which takes keys and not lines.
    private static string AskOnConsole(string question)
    {
        Console.Error.Write(question);
        StringBuilder answer = new();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                answer.Length = Math.Max(answer.Length - 1, 0);
            }
            else if (key.KeyChar != '\0' && answer.Length < Longest)
            {
                answer.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return answer.ToString();
    }

    private static string ReadLine(FileStream terminal)
    {
        byte[] line = new byte[Longest];
        int length = 0;
        while (length < Longest && terminal.Read(line, length, 1) == 1 && line[length] != (byte)'\n')
        {
            length++;
        }

        return Encoding.UTF8.GetString(line, 0, length);
    }

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetSettings(int descriptor, [Out] byte[] settings);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetSettings(int descriptor, int when, byte[] settings);
}
