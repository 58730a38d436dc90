using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Failover;

/// <summary>Whatever the bytes of a file are, reading it tells what is wrong and throws nothing.</summary>
public sealed class ConfigurationPropertyTests
{
    private const string Good = """
        listen: [8080, "127.0.0.1:9000"]
        state: {file: memory, max_age: 1h, history_max_size: 64MiB}
        probes: {max: 500, max_per_host: 20}
        connections: {max: 4096, max_unix: 16, max_management: 8, first_byte_timeout: 5s}
        defaults: {timeout: 10s}
        tasks:
          mail-server: {tcp: "${env:HOST}:25"}
        components:
          mail: &mail
            ref: mail-server
          web: *mail
          short: {tcp: "a:1", timeout: 2s, depends: {ref: web}, interval: 10s, fail_after: 3, latch: users, on_error: hold}
          mail-u5:
            toggle:
              initial_state: ok
              to_fail:
                hysteresis:
                  task: {tcp: {host: 192.0.2.1, port: 25}}
                  fail_after: {count: 5, and: {duration: 1m, or: 10}}
              to_ok: {oneshot: {auth: /etc/failover/users}}
            on_post: to_ok.fire
            response_deadline: 2s
        """;

    // What YAML and the file's own grammar are made of, so that changes meet the places where something is decided.
    private static readonly string[] Pieces =
    [
        "\t",
        "\n",
        "  ",
        ":",
        "- ",
        "? ",
        "[",
        "]",
        "{",
        "}",
        "&a ",
        "*a",
        "!x ",
        "|",
        ">",
        "'",
        "\"",
        "#",
        "%",
        "---\n",
        "...\n",
        "${",
        "}",
        "$${",
        "env:",
        "file:/",
        "\\",
        "\0",
        "\u0085",
        "\u2028",
        "\ufeff",
        "ÿ",
        "😀",
        "<<: ",
        "ref: ",
        "tcp: ",
        "null",
        "~",
        "toggle: ",
        "latch: ",
        "interval: ",
        "depends: ",
        "ref: short",
        "include: ",
        "5",
        "-1s",
        "9999999999999999999999",
        "1e400",
        "/",
        ".fire",
        "*",
        ",",
    ];

    private static Gen<byte[]> Mutations =>
        from count in Gen.Choose(1, 6)
        from changes in Gen.ArrayOf(
            from at in Gen.Choose(0, Good.Length)
            from cut in Gen.Choose(0, 12)
            from piece in Gen.Elements(Pieces)
            select (at, cut, piece),
            count
        )
        select Encoding.UTF8.GetBytes(
            changes.Aggregate(
                Good,
                (text, change) =>
                {
                    int at = Math.Min(change.at, text.Length);
                    return text[..at] + change.piece + text[Math.Min(at + change.cut, text.Length)..];
                }
            )
        );

    private static Gen<byte[]> Bytes =>
        from length in Gen.Choose(0, 60)
        from bytes in Gen.ArrayOf(Gen.Choose(0, 255), length)
        select bytes.Select(number => (byte)number).ToArray();

    private static Gen<byte[]> Soups =>
        from length in Gen.Choose(0, 40)
        from pieces in Gen.ArrayOf(Gen.Elements(Pieces), length)
        select Encoding.UTF8.GetBytes(string.Concat(pieces));

    [Fact]
    public void The_file_that_is_changed_is_good()
    {
        using ConfigurationFolder folder = new();
        folder.Write(ConfigurationFolder.Main, Good).ReadGood().Components.Length.ShouldBe(4);
    }

    [Fact]
    public void A_changed_file_is_read_or_reported() => Holds(Mutations, 500);

    [Fact]
    public void Arbitrary_bytes_are_reported() => Holds(Bytes, 500);

    [Fact]
    public void A_soup_of_signs_is_reported() => Holds(Soups, 500);

    private static void Holds(Gen<byte[]> files, int tests)
    {
        using ConfigurationFolder folder = new();
        FsCheck.Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(tests),
            Prop.ForAll(
                Arb.From(
                    files,
                    bytes => Enumerable.Range(0, bytes.Length).Select(i => (byte[])[.. bytes[..i], .. bytes[(i + 1)..]])
                ),
                bytes =>
                {
                    ConfigurationReading reading = folder.Write(ConfigurationFolder.Main, bytes).Read();
                    (reading.Configuration is null).ShouldBe(reading.Errors.Length > 0);
                    reading.Sources.ShouldContain(folder[ConfigurationFolder.Main]);
                    reading.Errors.ShouldAllBe(error => !error.Problem.Any(char.IsControl) && error.Position.Line >= 1);
                }
            )
        );
    }
}
