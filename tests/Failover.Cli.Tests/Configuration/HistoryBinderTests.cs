namespace Failover;

public sealed class HistoryBinderTests : IDisposable
{
    private readonly ConfigurationFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("state: memory", "memory")]
    [InlineData("state: /srv/state.db", "/srv/history.db")]
    [InlineData("state: /srv/mail.db", "/srv/mail-history.db")]
    [InlineData("x-a: 1", "/var/lib/failover/history.db")]
    [InlineData("history: off", "off")]
    [InlineData("history: memory", "memory")]
    [InlineData("history: /srv/h.db", "/srv/h.db")]
    [InlineData("history: {file: memory, max_age: 7d}", "memory")]
    [InlineData("history: {max_age: 7d}", "/var/lib/failover/history.db")]
    public void History_is_beside_the_state_file_or_where_it_is_said(string line, string place) =>
        Read($"{line}\ncomponents: {{}}").History.Place.ShouldBe(place);

    [Fact]
    public void How_long_history_is_kept_can_be_said()
    {
        Read("history: {file: /srv/h.db, max_age: 7d, max_size: 1GiB}\ncomponents: {}")
            .History.ShouldBe(new(IsOn: true, "/srv/h.db", Day(7), 1 << 30));
        Read("history: /srv/h.db\ncomponents: {}").History.ShouldBe(new(IsOn: true, "/srv/h.db", Day(90), 256 << 20));
        Read("history: memory\ncomponents: {}").History.ShouldBe(new(IsOn: true, null, Day(90), 16 << 20));
    }

    private FailoverConfiguration Read(string text) => folder.Write(ConfigurationFolder.Main, text).ReadGood();
}
