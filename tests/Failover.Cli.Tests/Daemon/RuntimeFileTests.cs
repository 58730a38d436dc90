using System.Runtime.Versioning;

namespace Failover;

/// <summary>Who may have written the file with a daemon's addresses, for which configuration, and whether its daemon still runs.</summary>
[SupportedOSPlatform("linux")]
public sealed class RuntimeFileTests : IDisposable
{
    private const UnixFileMode Everybody =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-runtime-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void It_is_not_written_where_others_may_write()
    {
        string open = Made("open", Everybody);

        Running("failover.yaml").Write(open).ShouldNotBeNull().ShouldStartWith("others may write there");
        Running("failover.yaml").Write(Path.Combine(open, "failover")).ShouldNotBeNull();

        Directory.GetFileSystemEntries(open).ShouldBeEmpty();
    }

    [Fact]
    public void It_is_not_written_through_a_link_in_place_of_the_folder()
    {
        string elsewhere = Made("elsewhere");
        Directory.CreateSymbolicLink(At("link"), elsewhere);

        Running("failover.yaml").Write(At("link")).ShouldNotBeNull();

        Directory.GetFileSystemEntries(elsewhere).ShouldBeEmpty();
    }

    [Fact]
    public void A_link_in_its_place_is_replaced_and_not_followed()
    {
        string run = Made("run");
        RuntimeFile written = Running("failover.yaml");
        written.Write(run).ShouldBeNull();
        string file = Directory.GetFiles(run).ShouldHaveSingleItem();
        File.Delete(file);
        File.WriteAllText(At("precious"), "precious");
        File.CreateSymbolicLink(file, At("precious"));

        written.Write(run).ShouldBeNull();

        File.ReadAllText(At("precious")).ShouldBe("precious");
        File.ResolveLinkTarget(file, returnFinalTarget: false).ShouldBeNull();
        File.GetUnixFileMode(file)
            .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    [Fact]
    public void A_write_that_fails_leaves_nothing_behind()
    {
        string run = Made("run");
        RuntimeFile written = Running("failover.yaml");
        written.Write(run).ShouldBeNull();
        string file = Directory.GetFiles(run).ShouldHaveSingleItem();
        File.Delete(file);
        Directory.CreateDirectory(file);

        written.Write(run).ShouldNotBeNull();

        Directory.GetFiles(run).ShouldBeEmpty();
    }

    [Fact]
    public void Root_does_not_write_into_the_session_of_somebody_else()
    {
        string session = Made("session", Everybody);
        RuntimeFolder folders = new(name => name == "XDG_RUNTIME_DIR" ? session : null, "/run/failover");

        folders.Writable.ShouldBe(
            Environment.IsPrivilegedProcess ? "/run/failover" : Path.Combine(session, "failover")
        );
    }

    [Fact]
    public void It_is_believed_as_long_as_its_process_runs()
    {
        RuntimeFile mine = Running("failover.yaml");
        Found(mine).ShouldBe(mine);

        // The same number, given to another process since; and nobody's.
        Found(mine with { Process = mine.Process with { Start = $"{mine.Process.Start}1" } }).ShouldBeNull();
        Found(mine with { Process = mine.Process with { Id = int.MaxValue } }).ShouldBeNull();
    }

    [Fact]
    public void It_is_found_while_the_file_is_a_link_that_leads_elsewhere_with_each_update()
    {
        // As the kubelet mounts a ConfigMap.
        string mounted = Made("mounted");
        Update("..1");
        File.CreateSymbolicLink(Path.Combine(mounted, "failover.yaml"), "..data/failover.yaml");
        RuntimeFile left = Running(Path.Combine("mounted", "failover.yaml"));
        Found(left).ShouldBe(left);

        Update("..2");

        Found(left).ShouldBe(left);
        Running(Path.Combine("mounted", "failover.yaml")).ShouldBe(left);

        void Update(string version)
        {
            Directory.CreateDirectory(Path.Combine(mounted, version));
            File.WriteAllText(Path.Combine(mounted, version, "failover.yaml"), version);
            File.Delete(Path.Combine(mounted, "..data"));
            Directory.CreateSymbolicLink(Path.Combine(mounted, "..data"), version);
        }
    }

    [Fact]
    public void What_was_left_under_another_name_is_taken_away()
    {
        string run = Made("run");
        Directory.CreateDirectory(At("1"));
        Directory.CreateDirectory(At("2"));
        Directory.CreateSymbolicLink(At("current"), "1");
        using AddressNotice notice = new(run, text => throw new InvalidOperationException(text));
        Leave(notice);
        string first = Directory.GetFiles(run).ShouldHaveSingleItem();

        Directory.Delete(At("current"));
        Directory.CreateSymbolicLink(At("current"), "2");
        Leave(notice);

        Directory.GetFiles(run).ShouldHaveSingleItem().ShouldNotBe(first);
    }

    [Fact]
    public void It_is_found_by_the_given_path_after_a_link_above_it_was_moved()
    {
        string session = Made("session");
        Directory.CreateDirectory(At("1"));
        Directory.CreateDirectory(At("2"));
        Directory.CreateSymbolicLink(At("current"), "1");
        using AddressNotice notice = new(
            Path.Combine(session, "failover"),
            text => throw new InvalidOperationException(text)
        );
        Leave(notice);
        RuntimeFile left = Found(At("current/failover.yaml"), session).ShouldNotBeNull();

        Directory.Delete(At("current"));
        Directory.CreateSymbolicLink(At("current"), "2");

        Found(At("current/failover.yaml"), session).ShouldBe(left);
        Found(At("1/failover.yaml"), session).ShouldBe(left);
        Found(At("2/failover.yaml"), session).ShouldBeNull();
    }

    [Fact]
    public void One_that_could_not_be_left_is_tried_again()
    {
        string run = Made("run", Everybody);
        List<string> told = [];
        Directory.CreateDirectory(At("current"));
        using AddressNotice notice = new(run, told.Add);
        Leave(notice);
        told.ShouldHaveSingleItem().ShouldStartWith($"cannot leave the address in {run} (others may write there");

        File.SetUnixFileMode(run, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Leave(notice);

        Directory.GetFiles(run).ShouldHaveSingleItem();
    }

    [Fact]
    public void Reloads_are_counted_while_it_cannot_be_written_and_that_is_told_once()
    {
        string session = Made("session");
        string run = Made(Path.Combine("session", "failover"), Everybody);
        List<string> told = [];
        Directory.CreateDirectory(At("current"));
        using AddressNotice notice = new(run, told.Add);
        Leave(notice);
        notice.ReloadBegins();
        notice.ReloadEnds(isRejected: true);
        told.ShouldHaveSingleItem();

        File.SetUnixFileMode(run, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        notice.ReloadBegins();

        RuntimeFile found = Found(At("current/failover.yaml"), session).ShouldNotBeNull();
        (found.ReloadsBegun, found.ReloadsEnded, found.IsReloadRejected).ShouldBe((2, 1, true));
        found.Process.ShouldBe(DaemonProcess.Own);
    }

    private void Leave(AddressNotice notice)
    {
        string file = Path.Combine(At("current"), "failover.yaml");
        File.WriteAllText(
            file,
            "listen: \"127.0.0.1:8080\"\nmanagement: off\nstate: memory\ncomponents: {a: {tcp: \"127.0.0.1:1\"}}\n"
        );
        FailoverConfiguration configuration = ConfigurationFile.Read(file, _ => null).Configuration.ShouldNotBeNull();
        notice.Leave(configuration, configuration.Listen, []);
    }

    private RuntimeFile? Found(RuntimeFile left)
    {
        string session = Made("session");
        left.Write(Path.Combine(session, "failover")).ShouldBeNull();
        return Found(left.Configuration, session);
    }

    private RuntimeFile? Found(string configuration, string session) =>
        RuntimeFile.Find(
            configuration,
            new RuntimeFolder(name => name == "XDG_RUNTIME_DIR" ? session : null, At("none"))
        );

    private RuntimeFile Running(string configuration) =>
        new(
            RuntimeFile.PathInRealFolder(At(configuration)),
            DaemonProcess.Own,
            "http://127.0.0.1:8080",
            Management: null,
            Certificate: null,
            ReloadsBegun: 0,
            ReloadsEnded: 0,
            IsReloadRejected: false
        );

    private string At(string name) => Path.Combine(folder.FullName, name);

    private string Made(string name, UnixFileMode? mode = null)
    {
        string made = Directory.CreateDirectory(At(name)).FullName;
        if (mode is { } rights)
        {
            File.SetUnixFileMode(made, rights);
        }

        return made;
    }
}
