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
    public void A_bad_file_is_refused_each_time_until_it_is_good()
    {
        using PasswordDirectory directory = new();
        using Authenticators authenticators = new(new ManualTime());
        HtpasswdFile description = new(directory.File);
        Should.Throw<PasswordFileException>(() => authenticators.Open(description, _ => { }));
        directory.Write(PasswordDirectory.Alice);
        authenticators.Open(description, _ => { }).Problem.ShouldBeNull();
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
