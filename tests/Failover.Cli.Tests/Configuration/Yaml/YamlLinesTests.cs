using FsCheck;
using FsCheck.Fluent;

namespace Failover;

/// <summary>What is read by lines is what the parser reads, or is left to it.</summary>
public sealed class YamlLinesTests
{
    private const string Plain = """
        # A file of lines.
        x-base: &base {interval: 10s, close: rst}

        components:
          mail-1:          # the first
            background:
              initial_state: fail
              interval: 10s
              task:
                tcp: {host: 192.0.2.1, port: 25, timeout: 5s}
          web/a.b:
            tcp: a.example.net:80
            <<: *base
          listed:
            all:
            - tcp: "a:1"
              timeout: 2s
            - {exec: ['/bin/true', -1, http://a/b?c=d]}
            - ref: mail-1
            - &last {tcp: "a:2", timeout: 1s}
          anchored: &all
            exec: *last
          named: &name plain
          empty: {}
          lists: [ [], [1,2], {a: [b]} ]
          name: Grüße aus 1 & 2, {und} [so], #nicht
        listen:
          - 8080
          - 127.0.0.1:9000
        """;

    private static readonly string[] Pieces =
    [
        "\n",
        "\n  ",
        "\n    ",
        " ",
        "  ",
        ":",
        ": ",
        "-",
        "- ",
        "? ",
        "[",
        "]",
        "{",
        "}",
        ",",
        ", ",
        "&a ",
        "&a",
        "*a",
        "*base",
        "!x ",
        "|",
        ">",
        "'",
        "\"",
        "#",
        " #",
        "%",
        "---\n",
        "--- ",
        "...\n",
        "\t",
        "\r\n",
        "\\",
        "\u0085",
        "\u2028",
        "\ufeff",
        "😀",
        "é",
        "<<: ",
        "<<",
        "null",
        "~",
        "a",
        "a: b",
        "@",
        "`",
        "=",
        ".",
        "/",
        "(",
        "+",
    ];

    private static Gen<string> Mutations =>
        from count in Gen.Choose(1, 2)
        from changes in Gen.ArrayOf(
            from at in Gen.Choose(0, Plain.Length)
            from cut in Gen.Choose(0, 6)
            from piece in Gen.Elements(Pieces)
            select (at, cut, piece),
            count
        )
        select changes.Aggregate(
            Plain,
            (text, change) =>
            {
                int at = Math.Min(change.at, text.Length);
                return text[..at] + change.piece + text[Math.Min(at + change.cut, text.Length)..];
            }
        );

    // Lines that are good by themselves, wherever they come to stand.
    private static Gen<string> Blocks =>
        from length in Gen.Choose(1, 8)
        from lines in Gen.ArrayOf(
            from indent in Gen.Choose(0, 3)
            from key in Gen.Elements("a: ", "b:", "c: ", "- ", "- d: ", "e: &n ", "- &m ", "f:", "<<: ", "")
            from value in Gen.Elements(
                "",
                "",
                "x",
                "y z",
                "'q'",
                "\"r s\" # t",
                "{u: v}",
                "[*n, 1]",
                "*m",
                "# w",
                "-2",
                "a: b"
            )
            select $"{new string(' ', 2 * indent)}{key}{value}\n",
            length
        )
        select string.Concat(lines);

    private static Gen<string> Soups =>
        from length in Gen.Choose(0, 25)
        from pieces in Gen.ArrayOf(Gen.Elements(Pieces), length)
        select string.Concat(pieces);

    [Fact]
    public void A_file_of_lines_needs_no_parser() => ByLines(Plain).ShouldNotBeNull();

    [Theory]
    [InlineData("a: b\nc: |\n  d\n")]
    [InlineData("a: b\n  c\n")]
    [InlineData("a: \"b\\tc\"\n")]
    [InlineData("a: 'it''s'\n")]
    [InlineData("a: !x b\n")]
    [InlineData("a:\n")]
    [InlineData("a: 1\na: 2\n")]
    [InlineData("a: *b\n")]
    [InlineData("---\na: 1\n")]
    [InlineData("")]
    public void What_is_not_plain_is_for_the_parser(string text) => ByLines(text).ShouldBeNull();

    [Fact]
    public void What_is_read_is_what_the_parser_reads()
    {
        int read = 0;
        FsCheck.Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(20_000),
            Prop.ForAll(
                Gen.OneOf(Mutations, Blocks, Soups).ToArbitrary(),
                text =>
                {
                    if (ByLines(text) is { } lines)
                    {
                        read++;
                        ConfigurationErrors errors = new();
                        YamlNode? parsed = YamlReader.Parse("a.yaml", text, errors, new());
                        string said = string.Join('\n', errors.InOrder([]));
                        said.ShouldBeEmpty(text);
                        Told(lines).ShouldBe(Told(parsed.ShouldNotBeNull(text)), text);
                    }
                }
            )
        );
        // Else nothing was compared.
        read.ShouldBeGreaterThan(300);
    }

    // What all that is not plain comes to is the parser's.
    private static YamlNode? ByLines(string text)
    {
        ConfigurationErrors errors = new();
        bool isRead = YamlLines.TryRead("a.yaml", text, new(), errors, out YamlNode? root);
        errors.Count.ShouldBe(0);
        isRead.ShouldBe(root is not null);
        return root;
    }

    private static string Told(YamlNode node)
    {
        string what = node switch
        {
            YamlText text => $"{(text.IsPlain ? "plain" : "quoted")} <{text.Text}>",
            YamlList list => $"[{string.Join(", ", list.Items.Select(Told))}]",
            YamlMap map =>
                $"{{{string.Join(", ", map.Entries.Select(entry => $"{Told(entry.Key)}: {Told(entry.Value)}"))}}}",
            _ => throw new ArgumentException("no such node", nameof(node)),
        };
        return $"{node.Position.Line}:{node.Position.Column} {node.Size} {node.Height} {what}";
    }
}
