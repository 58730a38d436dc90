namespace Failover;

public sealed class AuthenticatorsTests
{
    [Fact]
    public async Task Equal_descriptions_share_one_open_file()
    {
        using PasswordDirectory directory = new();
        directory.Write(PasswordDirectory.Alice);
        using Authenticators authenticators = new(new ManualTime());
        PasswordFile file = authenticators.Open(new HtpasswdFile(directory.File), _ => { });
        authenticators.Open(new HtpasswdFile(directory.File), _ => { }).ShouldBeSameAs(file);
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Right);
    }

    [Fact]
    public void Different_files_are_opened_each()
    {
        using PasswordDirectory one = new();
        using PasswordDirectory two = new();
        one.Write(PasswordDirectory.Alice);
        two.Write(PasswordDirectory.Alice);
        using Authenticators authenticators = new(new ManualTime());
        authenticators
            .Open(new HtpasswdFile(one.File), _ => { })
            .ShouldNotBeSameAs(authenticators.Open(new HtpasswdFile(two.File), _ => { }));
    }

    [Fact]
    public async Task A_bad_file_is_opened_with_a_warning_each_time_and_counts_once_it_is_good()
    {
        using PasswordDirectory directory = new();
        using Authenticators authenticators = new(new ManualTime());
        HtpasswdFile description = new(directory.File);
        List<string> told = [];
        PasswordFile file = authenticators.Open(description, told.Add);
        authenticators.Open(description, told.Add).ShouldBeSameAs(file);
        told.Count.ShouldBe(2);
        told.ShouldAllBe(warning =>
            warning.StartsWith($"{directory.File}: cannot be read (")
            && warning.EndsWith("; until it is good, the POSTs that it guards are answered with 503")
        );
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Unavailable);
        directory.Write(PasswordDirectory.Alice);
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Right);
        authenticators.Find(description)!.Problem.ShouldBeNull();
    }

    [Fact]
    public async Task A_file_that_is_no_longer_named_is_closed()
    {
        using PasswordDirectory kept = new();
        using PasswordDirectory dropped = new();
        using Authenticators authenticators = new(new ManualTime());
        HtpasswdFile keptFile = new(kept.Write(PasswordDirectory.Alice).File);
        HtpasswdFile droppedFile = new(dropped.Write(PasswordDirectory.Alice).File);
        PasswordFile open = authenticators.Open(keptFile, _ => { });
        PasswordFile closed = authenticators.Open(droppedFile, _ => { });
        authenticators.CloseOthers([keptFile]);
        authenticators.Find(keptFile).ShouldBeSameAs(open);
        authenticators.Find(droppedFile).ShouldBeNull();
        (await open.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Right);
        (await closed.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Busy);
    }

    [Fact]
    public void An_unknown_description_is_refused()
    {
        using Authenticators authenticators = new(new ManualTime());
        Should
            .Throw<ArgumentException>(() => authenticators.Open(new Unknown(), _ => { }))
            .Message.ShouldStartWith("auth is a Unknown; accepted: HtpasswdFile");
    }

    [Fact]
    public async Task Disposed_it_closes_what_it_opened()
    {
        using PasswordDirectory directory = new();
        directory.Write(PasswordDirectory.Alice);
        Authenticators authenticators = new(new ManualTime());
        PasswordFile file = authenticators.Open(new HtpasswdFile(directory.File), _ => { });
        authenticators.Dispose();
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Busy);
    }

    private sealed record Unknown : Authentication;
}
