using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Failover;

public sealed partial class PasswordPromptTests : IDisposable
{
    private const int ReadWriteNoControl = 0x102;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // The side of a terminal that a person sits at.
    private readonly SafeFileHandle person;
    private readonly FileStream screen;
    private readonly string terminal;

    public PasswordPromptTests()
    {
        int descriptor = OpenTerminal(ReadWriteNoControl);
        descriptor.ShouldBeGreaterThan(0);
        Unlock(descriptor).ShouldBe(0);
        byte[] name = new byte[64];
        NameOf(descriptor, name, name.Length).ShouldBe(0);
        terminal = Encoding.ASCII.GetString(name).TrimEnd('\0');
        person = new SafeFileHandle(descriptor, ownsHandle: true);
        screen = new FileStream(person, FileAccess.ReadWrite, bufferSize: 0);
    }

    public void Dispose()
    {
        screen.Dispose();
        person.Dispose();
    }

    [Fact]
    public async Task What_is_typed_is_the_answer_and_is_not_shown()
    {
        Task<string?> asking = Task.Run(() => PasswordPrompt.Ask("Password: ", terminal));
        StringBuilder shown = new();
        await ReadUntilAsync(shown, "Password: ");

        await screen.WriteAsync(Encoding.UTF8.GetBytes("hünter2\n"), TestContext.Current.CancellationToken);

        (await asking.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken)).ShouldBe(
            "hünter2"
        );
        await ReadUntilAsync(shown, "\n");
        shown.ToString().ShouldBe("Password: \r\n");
    }

    [Fact]
    public void Where_there_is_no_terminal_nobody_answers()
    {
        PasswordPrompt.Ask("Password: ", "/nowhere/tty").ShouldBeNull();
        PasswordPrompt.Ask("Password: ", "/dev/null").ShouldBeNull();
    }

    private async Task ReadUntilAsync(StringBuilder shown, string end)
    {
        byte[] buffer = new byte[256];
        while (!shown.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            int count = await screen.ReadAsync(buffer, TestContext.Current.CancellationToken);
            shown.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_openpt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenTerminal(int flags);

    [LibraryImport("libc", EntryPoint = "unlockpt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unlock(int descriptor);

    [LibraryImport("libc", EntryPoint = "ptsname_r")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NameOf(int descriptor, [Out] byte[] name, nint length);
}
