using System.Diagnostics;

namespace Failover;

/// <summary>libcrypt as a part of the system that comes and goes.</summary>
public sealed class LibcryptTests
{
    [Fact]
    public async Task One_that_is_installed_while_the_process_runs_is_found()
    {
        const string hide =
            "for library in $(ldconfig -p | sed -n 's/.*libcrypt.so.1 .*=> //p'); do mount --bind /dev/null $library; done";
        string within = SeparateProcess.NamespaceOrSkip();

        await SeparateProcess.RunAsync(InstallAsync, $"PATH=$PATH:/sbin; {hide}", within);
    }

    private static async Task InstallAsync()
    {
        Libcrypt.IsAvailable.ShouldBeFalse();

        using Process install = Process.Start(
            "sh",
            [
                "-c",
                "for library in $(PATH=$PATH:/sbin ldconfig -p | sed -n 's/.*libcrypt.so.1 .*=> //p'); do umount $library; done",
            ]
        );
        await install.WaitForExitAsync();

        Libcrypt.IsAvailable.ShouldBeTrue();
    }
}
