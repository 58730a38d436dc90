using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Failover;

/// <summary>A certificate's files: what is refused at the start, and what happens when they change.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class TlsCertificateTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly CertificateFiles files = new();
    private readonly ManualTime time = new() { WallClock = TimeProvider.System.GetUtcNow() };
    private readonly List<string> warnings = [];

    public void Dispose()
    {
        files.Dispose();
        authority.Dispose();
    }

    [Fact]
    public void A_good_one_is_loaded_without_a_word()
    {
        files.Write(authority.Issue("one"));

        Load().Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Certificate_and_key_may_stand_in_one_file()
    {
        (string certificate, string key) = authority.Issue("one");
        files.Write((key + certificate, ""));

        using TlsCertificate loaded = new(files.Path, files.Path, time);
        loaded.Load();

        Name(loaded).ShouldBe("CN=one");
    }

    [Theory]
    [InlineData("RSA PRIVATE KEY")]
    [InlineData("PRIVATE KEY")]
    public void An_RSA_key_is_taken_in_either_form(string label)
    {
        using RSA rsa = RSA.Create(2048);
        files.Write(
            (
                TestAuthority.SelfSigned(rsa),
                label == "PRIVATE KEY" ? rsa.ExportPkcs8PrivateKeyPem() : rsa.ExportRSAPrivateKeyPem()
            )
        );

        Name(Load()).ShouldBe("CN=rsa");
    }

    [Fact]
    public void A_missing_file_is_one_clear_line()
    {
        files.Write(authority.Issue("one"));
        File.Delete(files.KeyPath);

        Refusal().ShouldStartWith($"{files.KeyPath}: cannot be read (it does not exist)");
        Refusal().ShouldEndWith("; accepted: a regular file that this process may read");
    }

    [Fact]
    public void A_directory_is_one_clear_line()
    {
        Directory.CreateDirectory(files.Path);

        Refusal().ShouldStartWith($"{files.Path}: cannot be read (it is a folder)");
    }

    [Fact]
    public void A_FIFO_that_nobody_writes_to_is_one_clear_line()
    {
        files.Write(authority.Issue("one"));
        File.Delete(files.KeyPath);
        Fifo.Make(files.KeyPath);

        Refusal().ShouldStartWith($"{files.KeyPath}: cannot be read (it is a FIFO)");
    }

    [Fact]
    public void A_file_that_is_too_large_is_one_clear_line()
    {
        files.Write((new string('x', PemFile.LargestSize + 1), ""));

        Refusal().ShouldBe($"{files.Path}: got more than 1048576 bytes; accepted: at most 1048576");
    }

    [Fact]
    public void A_file_without_a_certificate_is_one_clear_line()
    {
        files.Write(("hello", authority.Issue("one").Key));

        Refusal()
            .ShouldBe(
                $"{files.Path}: got no certificate; accepted: PEM, the server's first and those of its issuers behind it"
            );
    }

    [Fact]
    public void A_malformed_certificate_is_one_clear_line()
    {
        files.Write(("-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n", authority.Issue("one").Key));

        Refusal().ShouldBe($"{files.Path}: got a malformed certificate; accepted: PEM");
    }

    [Fact]
    public void A_file_without_a_key_is_one_clear_line()
    {
        (string certificate, _) = authority.Issue("one");
        files.Write((certificate, certificate));

        Refusal().ShouldBe($"{files.KeyPath}: got no private key; accepted: PEM");
    }

    [Fact]
    public void A_malformed_key_is_one_clear_line()
    {
        files.Write(
            (authority.Issue("one").Certificate, "-----BEGIN PRIVATE KEY-----\naGVsbG8=\n-----END PRIVATE KEY-----\n")
        );

        Refusal().ShouldBe($"{files.KeyPath}: got a malformed key; accepted: the certificate's own, in PEM");
    }

    [Fact]
    public void The_key_of_another_certificate_is_one_clear_line()
    {
        files.Write((authority.Issue("one").Certificate, authority.Issue("two").Key));

        Refusal()
            .ShouldBe(
                $"{files.KeyPath}: got a key that is not that of the certificate in {files.Path}; accepted: the certificate's own, in PEM"
            );
    }

    [Fact]
    public void A_key_of_another_algorithm_is_one_clear_line()
    {
        using RSA rsa = RSA.Create(2048);
        files.Write((authority.Issue("one").Certificate, rsa.ExportPkcs8PrivateKeyPem()));

        Refusal().ShouldStartWith($"{files.KeyPath}: got a key that is not that of the certificate in {files.Path};");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_encrypted_key_is_one_clear_line(bool isNewFormat)
    {
        using ECDsa key = ECDsa.Create();
        PbeParameters parameters = new(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1);
        string encrypted = isNewFormat
            ? key.ExportEncryptedPkcs8PrivateKeyPem("secret", parameters)
            : "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\naGVsbG8=\n-----END EC PRIVATE KEY-----\n";
        files.Write((authority.Issue("one").Certificate, encrypted));

        Refusal()
            .ShouldBe(
                $"{files.KeyPath}: got a key that is encrypted; accepted: one without a passphrase, in a file that only this process may read"
            );
    }

    [Fact]
    public void An_expired_one_is_a_warning()
    {
        DateTimeOffset now = time.WallClock;
        files.Write(authority.Issue("one", notAfter: now));
        time.WallClock += Second(1);

        Load()
            .Warnings.ShouldBe([
                $"{files.Path}: the certificate has expired: it was valid until {now:yyyy-MM-ddTHH:mm:ssZ}",
            ]);
    }

    [Fact]
    public void One_that_is_not_valid_yet_is_a_warning()
    {
        files.Write(authority.Issue("one"));
        time.WallClock -= Day(9);

        Load().Warnings.Single().ShouldStartWith($"{files.Path}: the certificate is not valid before ");
    }

    [Fact]
    public void A_key_that_others_may_read_is_a_warning()
    {
        files.Write(authority.Issue("one"));
        File.SetUnixFileMode(files.KeyPath, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Load()
            .Warnings.ShouldBe([
                $"{files.KeyPath}: every user of this machine may read or change it; better: chmod o-rw",
            ]);
    }

    [Fact]
    public void A_new_one_is_found_though_its_time_stamp_is_that_of_the_old_one()
    {
        files.Write(authority.Issue("one"));
        using TlsCertificate certificate = Watched();
        DateTime stamp = File.GetLastWriteTimeUtc(files.Path);

        files.Write(authority.Issue("two"));
        File.SetLastWriteTimeUtc(files.Path, stamp);
        Name(certificate).ShouldBe("CN=one");
        time.Advance(TlsCertificate.WatchInterval);

        Name(certificate).ShouldBe("CN=two");
        warnings.ShouldBeEmpty();
    }

    [Fact]
    public void One_that_has_not_changed_stays_the_same_object()
    {
        files.Write(authority.Issue("one"));
        using TlsCertificate certificate = Watched();
        object options = certificate.Options;

        time.Advance(TlsCertificate.WatchInterval);

        certificate.Options.ShouldBeSameAs(options);
    }

    [Fact]
    public void A_bad_new_one_keeps_the_old_one_and_is_warned_about_once()
    {
        files.Write(authority.Issue("one"));
        using TlsCertificate certificate = Watched();

        (string newCertificate, string newKey) = authority.Issue("two");
        File.WriteAllText(files.Path, newCertificate);
        time.Advance(10 * TlsCertificate.WatchInterval);

        Name(certificate).ShouldBe("CN=one");
        warnings.Single().ShouldContain("got a key that is not that of the certificate");

        File.WriteAllText(files.KeyPath, newKey);
        time.Advance(10 * TlsCertificate.WatchInterval);

        Name(certificate).ShouldBe("CN=two");
        warnings[1..].ShouldBe([$"{files.Path}: good again"]);
    }

    [Fact]
    public void Files_that_are_gone_keep_the_old_one()
    {
        files.Write(authority.Issue("one"));
        using TlsCertificate certificate = Watched();

        File.Delete(files.Path);
        time.Advance(10 * TlsCertificate.WatchInterval);

        Name(certificate).ShouldBe("CN=one");
        warnings.Single().ShouldStartWith($"{files.Path}: cannot be read");
    }

    [Fact]
    public void One_that_expires_while_it_is_served_is_warned_about_once()
    {
        files.Write(authority.Issue("one", notAfter: time.WallClock.AddSeconds(11)));
        using TlsCertificate certificate = Watched();

        time.Advance(Second(9));
        warnings.ShouldBeEmpty();
        time.Advance(Minute(1));

        warnings.Single().ShouldStartWith($"{files.Path}: the certificate has expired");
    }

    [Fact]
    public void Nothing_is_read_once_it_is_disposed()
    {
        files.Write(authority.Issue("one"));
        Watched().Dispose();

        time.TimerCount.ShouldBe(0);
    }

    private TlsCertificate Load()
    {
        TlsCertificate certificate = new(files.Path, files.KeyPath, time);
        certificate.Load();
        return certificate;
    }

    private TlsCertificate Watched()
    {
        TlsCertificate certificate = Load();
        certificate.Watch(warnings.Add);
        return certificate;
    }

    private string Refusal() => Should.Throw<FailoverStartException>(Load).Message;

    private static string Name(TlsCertificate certificate) =>
        certificate.Options.ServerCertificateContext!.TargetCertificate.Subject;
}
