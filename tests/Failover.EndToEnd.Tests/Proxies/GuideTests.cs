using System.Net.NetworkInformation;

namespace Failover;

/// <summary>The configurations of other programs in the guide are accepted by those programs.</summary>
public sealed class GuideTests
{
    [Fact]
    public async Task Every_HAProxy_configuration_in_the_guide_is_valid()
    {
        foreach (GuideBlock block in GuideBlock.Of("haproxy"))
        {
            await ShouldAcceptAsync(
                block,
                block.Text,
                file => ChildProcess.Start("haproxy", "haproxy", "-c", "-f", file)
            );
        }
    }

    [Fact]
    public async Task Every_nginx_configuration_in_the_guide_is_valid()
    {
        foreach (GuideBlock block in GuideBlock.Of("nginx"))
        {
            string text = $$"""
                pid /dev/null;
                error_log stderr;
                events { }
                http {
                    access_log off;
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                {{block.Text}}
                }
                """;
            await ShouldAcceptAsync(
                block,
                text,
                file =>
                    ChildProcess.Start(
                        "nginx",
                        "nginx-light",
                        ["-t", "-p", Path.GetDirectoryName(file)!, "-e", "stderr", "-c", file]
                    )
            );
        }
    }

    [Fact]
    public async Task Every_keepalived_configuration_in_the_guide_is_valid()
    {
        string network = NetworkInterface
            .GetAllNetworkInterfaces()
            .First(one => one is { SupportsMulticast: true, NetworkInterfaceType: not NetworkInterfaceType.Loopback })
            .Name;
        foreach (GuideBlock block in GuideBlock.Of("keepalived"))
        {
            // Where it has to change the user for a script, version 2.2.7 sends itself SIGTERM at the end of a test of a valid file.
            string text = block
                .Text.Replace("script_user nobody", "script_user root", StringComparison.Ordinal)
                .Replace("script_user failover", "script_user root", StringComparison.Ordinal)
                .Replace("interface eth0", $"interface {network}", StringComparison.Ordinal);
            await ShouldAcceptAsync(
                block,
                text,
                file => ChildProcess.Start("keepalived", "keepalived", "--config-test", "--use-file", file)
            );
        }
    }

    [Fact]
    public async Task Every_shell_block_in_the_guide_and_the_README_can_be_parsed()
    {
        foreach (GuideBlock block in GuideBlock.Of("sh"))
        {
            await ShouldAcceptAsync(block, block.Text, file => ChildProcess.Start("bash", "bash", "-n", file));
        }
    }

    private static async Task ShouldAcceptAsync(GuideBlock block, string text, Func<string, ChildProcess> start)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-guide-");
        try
        {
            string file = Path.Combine(folder.FullName, "block");
            await File.WriteAllTextAsync(file, text + "\n", TestContext.Current.CancellationToken);
            await using ChildProcess program = start(file);
            (await program.ExitCodeAsync(within: Minute(1))).ShouldBe(0, $"{block.Page}\n{block.Text}\n{program}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
