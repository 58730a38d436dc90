using System.Buffers.Binary;

namespace Failover;

/// <summary>A state file that is not this daemon's to use, and one that is damaged.</summary>
public sealed class StateFileFaultTests : IDisposable
{
    private const int StateUnusable = 74;
    private const int UserVersion = 60;
    private const int PageSize = 4096;

    private static readonly TimeSpan Patience = Second(60);

    private readonly LatchedComponent mail = new("mail");
    private readonly LatchedComponent web = new("web");
    private readonly Target target = Target.Started();

    public void Dispose()
    {
        mail.Dispose();
        web.Dispose();
        target.Dispose();
    }

    private string Components =>
        $$"""
            components:
            {{mail.Yaml}}{{web.Yaml}}  files:
                tcp: 127.0.0.1:{{target.Port}}
            """;

    [Fact]
    public async Task A_second_daemon_on_one_state_file_stops_and_the_first_continues()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(Components);
        await using RunningDaemon first = await files.ServeAsync();
        await mail.FailAsync(first);
        // Its own writes move from the log to the file a second later: what changes meanwhile is to be the other one's doing.
        first.Process.Pause();
        byte[] before = await ReadAsync(files.State);

        await using ChildProcess second = files.Start();
        await ShouldRefuseAsync(second, files, "in use");

        (await ReadAsync(files.State)).AsSpan().SequenceEqual(before).ShouldBeTrue("the file has changed");
        first.Process.Resume();
        await mail.ResetAsync(first);
        await web.FailAsync(first);
        await first.KillAsync();
        await using RunningDaemon next = await files.ServeAsync();
        await mail.CheckAsync(next);
        await web.CheckAsync(next);
    }

    [Fact]
    public async Task A_file_of_a_newer_program_is_left_as_it_is()
    {
        using DaemonFiles files = await MadeAsync();
        byte[] file = await ReadAsync(files.State);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(UserVersion), 99);
        await File.WriteAllBytesAsync(files.State, file, TestContext.Current.CancellationToken);
        string[] names = Directory.GetFiles(files.Folder);

        await using ChildProcess daemon = files.Start();
        await ShouldRefuseAsync(daemon, files, "version 99");

        (await ReadAsync(files.State)).ShouldBe(file);
        Directory.GetFiles(files.Folder).ShouldBe(names, ignoreOrder: true);
    }

    [Theory]
    [InlineData("a page")]
    [InlineData("another page")]
    [InlineData("the rows of latches")]
    public async Task A_damaged_file_is_put_aside_and_what_may_have_been_latched_is(string what)
    {
        using DaemonFiles files = await MadeAsync();
        byte[] file = await ReadAsync(files.State);
        int from = what switch
        {
            "a page" => PageSize,
            // Pages that the file does not use are of no meaning. The last one is in use.
            "another page" => file.Length - PageSize,
            // Key and kind, one after the other; rows are at the end of their page.
            _ => (file.AsSpan().IndexOf("/mail#toggle"u8) / PageSize * PageSize) + (PageSize / 2),
        };
        from.ShouldBeGreaterThanOrEqualTo(PageSize);
        file.AsSpan(from, PageSize / 2).Fill(0x5A);
        await File.WriteAllBytesAsync(files.State, file, TestContext.Current.CancellationToken);

        await using (RunningDaemon first = await files.ServeAsync())
        {
            string aside = Directory.GetFiles(files.Folder, "state.db.corrupt-*").ShouldHaveSingleItem();
            (await ReadAsync(aside)).ShouldBe(file);
            await ShouldBeUnknownAsync(first);
            (await first.PollAsync("files")).ShouldBe("OK");
            await first.KillAsync();
        }

        await using (RunningDaemon second = await files.ServeAsync())
        {
            await ShouldBeUnknownAsync(second);
            await mail.ResetAsync(second);
            await web.ResetAsync(second);
            await second.KillAsync();
        }

        await using RunningDaemon third = await files.ServeAsync();
        await mail.CheckAsync(third);
        await web.CheckAsync(third);
        Directory.GetFiles(files.Folder, "state.db.corrupt-*").ShouldHaveSingleItem();
    }

    // Mail was latched, web was not.
    private async Task<DaemonFiles> MadeAsync()
    {
        DaemonFiles files = await DaemonFiles.WithAsync(Components);
        await using RunningDaemon daemon = await files.ServeAsync();
        await mail.FailAsync(daemon);
        await daemon.StopAsync();
        return files;
    }

    private static async Task ShouldBeUnknownAsync(RunningDaemon daemon)
    {
        foreach (string component in (string[])["mail", "web"])
        {
            (await daemon.PollAsync(component)).ShouldBe("FAIL");
            (await daemon.StatusOfAsync(component)).GetProperty("reason").GetString()!.ShouldContain("state unknown");
        }
    }

    private static async Task ShouldRefuseAsync(ChildProcess daemon, DaemonFiles files, string why)
    {
        (await daemon.ExitCodeAsync(Patience)).ShouldBe(StateUnusable, daemon.ToString());
        string line = daemon.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem();
        line.ShouldContain(files.State);
        line.ShouldContain(why);
        daemon.Output.ShouldNotContain("listens");
    }

    private static async Task<byte[]> ReadAsync(string path)
    {
        // The daemon locks the file against other daemons, not against reading.
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using MemoryStream read = new();
        await file.CopyToAsync(read, TestContext.Current.CancellationToken);
        return read.ToArray();
    }
}
