using System.Globalization;

namespace Failover;

/// <summary>A small file system that only those see that are started on it, and that is gone with it.</summary>
internal sealed class PrivateDisk : IAsyncDisposable
{
    private readonly ChildProcess holder;
    private readonly string folder;

    private PrivateDisk(ChildProcess holder, string folder) => (this.holder, this.folder) = (holder, folder);

    /// <summary>A program and its arguments that run another one where the disk is seen.</summary>
    public string[] Under =>
        [
            "nsenter",
            "--user",
            "--preserve-credentials",
            "--mount",
            string.Create(CultureInfo.InvariantCulture, $"--target={holder.Id}"),
        ];

    private string Filler => string.Create(CultureInfo.InvariantCulture, $"/proc/{holder.Id}/root{folder}/filler");

    /// <summary>Mounts one; skips the test where that is not allowed.</summary>
    /// <param name="folder">Where. It is made.</param>
    /// <param name="size">As mount(8) takes it: <c>512k</c>.</param>
    public static async Task<PrivateDisk> OnAsync(string folder, string size)
    {
        const string Unshare = "unshare --map-root-user --mount";
        Directory.CreateDirectory(folder);
        ChildProcess mounted = ChildProcess.Start(
            "unshare",
            "util-linux",
            [
                .. Unshare.Split(' ')[1..],
                "sh",
                "-c",
                $"mount -t tmpfs -o size={size} tmpfs '{folder}' && echo mounted && exec sleep infinity",
            ]
        );
        await Eventually.IsAsync(
            () => mounted.HasEnded || mounted.Output.Contains("mounted", StringComparison.Ordinal),
            "a disk"
        );
        Assert.SkipWhen(
            mounted.HasEnded,
            $"needs root or unprivileged user namespaces: {Unshare} failed: {mounted.Errors}"
        );
        return new(mounted, folder);
    }

    /// <summary>Leaves no byte free on it.</summary>
    public void Fill()
    {
        byte[] page = new byte[4096];
        // Unbuffered, so that what does not fit is seen here.
        using FileStream filler = new(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                filler.Write(page);
            }
        }
        catch (IOException) { }
    }

    /// <summary>Gives back what <see cref="Fill"/> took.</summary>
    public void Free() => File.Delete(Filler);

    public ValueTask DisposeAsync() => holder.DisposeAsync();
}
