using System.Runtime.Versioning;

namespace Failover;

/// <summary>What the kernel tells of files, on a real file system.</summary>
[SupportedOSPlatform("linux")]
public sealed class FileNoticesTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-notices-");
    private readonly SemaphoreSlim told = new(0);

    public FileNoticesTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "inotify is Linux's");

    public static TheoryData<string> Changes => [.. Steps.Keys];

    private static FileNotices Notices => FileNotices.OfProcess.ShouldNotBeNull();

    // What is done to the folder, in which current -> 1, 1/a/f, link -> a/f in 1, and the followed path is current/link.
    private static Dictionary<string, Action<string>> Steps { get; } =
        new()
        {
            ["written in place"] = at => File.AppendAllText($"{at}/1/a/f", "more"),
            ["written again"] = at => File.WriteAllText($"{at}/1/a/f", "two"),
            ["replaced"] = at => File.Move(Made($"{at}/1/a/new"), $"{at}/1/a/f", overwrite: true),
            ["removed"] = at => File.Delete($"{at}/1/a/f"),
            ["no longer for others"] = at => File.SetUnixFileMode($"{at}/1/a/f", UnixFileMode.UserRead),
            ["its folder is renamed"] = at => Directory.Move($"{at}/1/a", $"{at}/1/b"),
            ["a folder further up is renamed"] = at => Directory.Move($"{at}/1", $"{at}/3"),
            ["the link to it leads elsewhere"] = at => Relink($"{at}/1/link", "a/other"),
            ["a link further up leads elsewhere"] = at => Relink($"{at}/current", "2"),
        };

    public void Dispose()
    {
        Notices.Leave(this);
        folder.Delete(recursive: true);
        told.Dispose();
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task It_tells_of_a_file_that_is(string change)
    {
        Assert.SkipUnless(
            FileSystemKind.ReportsChanges(folder.FullName),
            "this file system does not tell of everything"
        );
        Directory.CreateDirectory(At("1/a"));
        Made(At("1/a/f"));
        File.CreateSymbolicLink(At("1/link"), "a/f");
        File.CreateSymbolicLink(At("current"), "1");
        await FollowAsync(At("current/link"));

        Steps[change](folder.FullName);

        await WhenToldAsync();
    }

    [Fact]
    public async Task It_tells_that_a_folder_on_the_way_is_renamed()
    {
        Assert.SkipUnless(
            FileSystemKind.ReportsChanges(folder.FullName),
            "this file system does not tell of everything"
        );
        Directory.CreateDirectory(At("1/2/3"));
        Made(At("1/2/3/f"));
        await FollowAsync(At("1/2/3/f"));

        Directory.Move(At("1/2"), At("1/other"));

        await WhenToldAsync();
    }

    [Theory]
    [InlineData("f")]
    [InlineData("none/f")]
    [InlineData("none/../f")]
    public async Task It_tells_when_what_is_missing_comes(string path)
    {
        Assert.SkipUnless(
            FileSystemKind.ReportsChanges(folder.FullName),
            "this file system does not tell of everything"
        );
        await FollowAsync(At(path));

        Directory.CreateDirectory(At("none"));
        if (path == "f")
        {
            Made(At(path));
        }

        await WhenToldAsync();
    }

    [Fact]
    public async Task It_tells_of_names_in_a_folder()
    {
        Assert.SkipUnless(
            FileSystemKind.ReportsChanges(folder.FullName),
            "this file system does not tell of everything"
        );
        Directory.CreateDirectory(At("conf.d"));
        await FollowAsync(At("conf.d"));

        Made(At("conf.d/a.yaml"));

        await WhenToldAsync();
    }

    [Fact]
    public async Task Of_two_who_follow_a_file_each_is_told_and_one_who_leaves_takes_nothing_from_the_other()
    {
        object other = new();
        Made(At("f"));
        await FollowAsync(At("f"));
        Notices.Follow(other, [At("f")], () => { });
        Notices.Leave(other);

        File.AppendAllText(At("f"), "more");

        await WhenToldAsync();
    }

    [Theory]
    [InlineData("/proc/self/status")]
    [InlineData("")]
    [InlineData("/etc/\0/hosts")]
    public void It_says_where_it_does_not_notice_everything(string path) =>
        Notices.Follow(this, [path], () => { }).ShouldBeFalse();

    [Fact]
    public void Links_that_lead_to_each_other_end_the_walk()
    {
        File.CreateSymbolicLink(At("a"), "b");
        File.CreateSymbolicLink(At("b"), "a");

        Should.NotThrow(() => Notices.Follow(this, [At("a/f")], () => { }));
    }

    private static string Made(string file)
    {
        File.WriteAllText(file, "one");
        return file;
    }

    private static void Relink(string link, string target)
    {
        File.Delete(link);
        File.CreateSymbolicLink(link, target);
    }

    private string At(string name) => Path.Combine(folder.FullName, name);

    // What was before, in other tests as well, has been told by then.
    private async Task FollowAsync(string path)
    {
        Notices.Follow(this, [path], () => told.Release()).ShouldBeTrue();
        DirectoryInfo apart = Directory.CreateTempSubdirectory("failover-notices-");
        using SemaphoreSlim last = new(0);
        string within = apart.CreateSubdirectory("within").FullName;
        try
        {
            Notices.Follow(last, [within], () => last.Release()).ShouldBeTrue();
            Made(Path.Combine(within, "last"));
            (await last.WaitAsync(Second(30), TestContext.Current.CancellationToken)).ShouldBeTrue();
        }
        finally
        {
            Notices.Leave(last);
            apart.Delete(recursive: true);
        }

        while (await told.WaitAsync(TimeSpan.Zero, TestContext.Current.CancellationToken)) { }
    }

    private async Task WhenToldAsync() =>
        (await told.WaitAsync(Second(30), TestContext.Current.CancellationToken)).ShouldBeTrue();
}
