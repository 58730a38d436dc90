using System.Text;

namespace Failover;

/// <summary>Files that are meant to hurt are refused with what is wrong, and quickly.</summary>
public sealed class ConfigurationLimitTests
{
    [Fact]
    public void A_file_over_64_MiB_is_refused()
    {
        using ConfigurationFolder folder = new();
        using (FileStream file = File.Create(folder[ConfigurationFolder.Main]))
        {
            file.SetLength(100 * 1024 * 1024);
        }

        folder.ReadErrors().ShouldBe("failover.yaml: the file is larger than 64MiB\n");
    }

    [Fact]
    public void A_file_of_64_MiB_is_read()
    {
        using ConfigurationFolder folder = new();
        StringBuilder text = new("components: {}\n#", 64 << 20);
        text.Append('x', (64 << 20) - text.Length);

        folder.Write(ConfigurationFolder.Main, text.ToString()).ReadGood();
        folder.Write(ConfigurationFolder.Main, $"{text}x").ReadErrors().ShouldContain("larger than 64MiB");
    }

    [Fact]
    public void A_bomb_of_aliases_is_refused() =>
        ErrorsOf(
                "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
                    + Lines(30, i => $"a{i + 1}: &a{i + 1} [{string.Join(", ", Enumerable.Repeat($"*a{i}", 10))}]")
            )
            .ShouldBe(
                "failover.yaml:6:45: too many values, aliases followed\n  accepted: up to 1000000 in all files\n"
            );

    [Fact]
    public void A_file_of_too_many_values_is_refused() =>
        ErrorsOf($"{new string('\n', 100)}x: [{string.Join(',', Enumerable.Repeat('x', 4_000_000))}]")
            .ShouldBe("failover.yaml:101:7999999: too many values\n  accepted: up to 4000000 in all files\n");

    [Fact]
    public void A_bomb_of_refs_is_refused() =>
        ErrorsOf(
                "tasks:\n  t0: {tcp: a:1}\n"
                    + Lines(30, i => $"  t{i + 1}: {{toggle: {{to_fail: {{ref: t{i}}}, to_ok: {{ref: t{i}}}}}}}")
                    + "components:\n  bomb: {ref: t30}\n"
            )
            .ShouldBe(
                "failover.yaml:15:9: toggle \"t13\" holds too many tasks, named ones counted wherever they are used\n"
                    + "  accepted: up to 10000\n"
            );

    [Fact]
    public void A_long_chain_of_refs_is_refused() =>
        ErrorsOf(
                "tasks:\n" + Lines(20000, i => $"  t{i}: {{ref: t{i + 1}}}") + "  t20000: {tcp: a:1}\ncomponents: {}\n"
            )
            .ShouldStartWith(
                "failover.yaml:101:14: task \"t100\" is nested too deeply\n  accepted: up to 100 levels\n"
            );

    [Fact]
    public void A_chain_of_refs_to_nested_tasks_is_refused_where_it_is_too_deep()
    {
        string nested = string.Concat(Enumerable.Repeat("hysteresis: {task: {", 30));
        string ends = new('}', 60);

        ErrorsOf(
                "tasks:\n"
                    + Lines(90, i => $"  t{i}: {{{nested}ref: t{i + 1}{ends}}}")
                    + "  t90: {tcp: a:1}\ncomponents: {}\n"
            )
            .ShouldStartWith(
                "failover.yaml:5:208: hysteresis \"t3\" is nested too deeply\n  accepted: up to 100 levels\n"
            );
    }

    [Theory]
    [InlineData(97, true)]
    [InlineData(98, false)]
    public void Values_are_nested_up_to_100_levels(int lists, bool isGood)
    {
        string errors = ErrorsOf($"components: {{}}\nx: {new string('[', lists)}{{a: b}}{new string(']', lists)}\n");

        errors.Contains("values are nested too deeply", StringComparison.Ordinal).ShouldBe(!isGood);
    }

    [Fact]
    public void Nesting_without_end_is_refused_before_it_is_read() =>
        ErrorsOf(new string('[', 8 << 20))
            .ShouldBe("failover.yaml:1:101: values are nested too deeply\n  accepted: up to 100 levels\n");

    [Fact]
    public void Nesting_through_aliases_counts() =>
        ErrorsOf($"x: &x {new string('[', 60)}{new string(']', 60)}\ny: {new string('[', 60)}*x{new string(']', 60)}\n")
            .ShouldContain("values are nested too deeply, aliases followed");

    [Theory]
    [InlineData(new byte[] { (byte)'a', (byte)'\n', (byte)'b', 0xff }, "2:2: this is no UTF-8")]
    [InlineData(new byte[] { 0xff, 0xfe, (byte)'a', 0 }, "1:1: this is no UTF-8")]
    [InlineData(new byte[] { (byte)'a', 0xc3, 0xa4, 0xe2, 0x82 }, "1:3: this is no UTF-8")]
    [InlineData(new byte[] { (byte)'a', 0, 0xff }, "1:2: a control character, \\u0000, in the file")]
    [InlineData(new byte[] { (byte)'a', 0x1b }, "1:2: a control character, \\u001b, in the file")]
    public void Bytes_that_are_no_text_are_refused_where_they_stand(byte[] bytes, string expected)
    {
        using ConfigurationFolder folder = new();
        folder.Write(ConfigurationFolder.Main, bytes).ReadErrors().ShouldBe($"failover.yaml:{expected}\n");
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over()
    {
        using ConfigurationFolder folder = new();
        folder.Write(ConfigurationFolder.Main, [0xef, 0xbb, 0xbf, .. "components: {}"u8]).ReadGood();
    }

    [Fact]
    public void Thousands_of_unknown_refs_are_reported_in_a_moment() =>
        ErrorsOf(
                "tasks:\n"
                    + Lines(5000, i => $"  known-{i}: {{tcp: a:1}}")
                    + "components:\n"
                    + Lines(5000, i => $"  c{i}: {{ref: unknown-{i}}}")
            )
            .Split('\n')
            .Count(line => line.Contains("unknown task", StringComparison.Ordinal))
            .ShouldBe(5000);

    [Theory]
    [InlineData(10_000)]
    [InlineData(100_000)]
    public void So_many_components_are_read(int count)
    {
        using ConfigurationFolder folder = new();
        string text =
            "components:\n"
            + Lines(
                count,
                i =>
                    $"""
                          mail-{i}:
                            background:
                              interval: 10s
                              task:
                                hysteresis:
                                  initial_state: fail
                                  ok_after: 2
                                  fail_after: 2m
                                  task:
                                    tcp: mail-{i}.example.net:25
                        """
            );

        folder.Write(ConfigurationFolder.Main, text).ReadGood().Components.Length.ShouldBe(count);
    }

    private static string ErrorsOf(string text)
    {
        using ConfigurationFolder folder = new();
        return folder.Write(ConfigurationFolder.Main, text).ReadErrors();
    }

    private static string Lines(int count, Func<int, string> line) =>
        string.Concat(Enumerable.Range(0, count).Select(i => $"{line(i)}\n"));
}
