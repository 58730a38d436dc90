namespace Failover;

/// <summary>Certificates that openssl makes: a root, and below it good and bad ones, each with its key.</summary>
internal static class OpensslCertificates
{
    // openssl(1) of Debian 12 sets a certificate's dates in its "ca" alone.
    private const string Commands = """
        set -eu
        cd "$1"
        openssl ecparam -name prime256v1 -out curve.pem
        openssl req -x509 -newkey ec:curve.pem -nodes -subj "/CN=Peer root" -days 365 -keyout ca.key -out ca.pem
        openssl req -x509 -newkey ec:curve.pem -nodes -subj "/CN=self" -addext "subjectAltName=DNS:web.example" \
          -days 365 -keyout self.key -out self.pem
        cat > ca.cnf <<END
        [ca]
        default_ca = it
        [it]
        database = index.txt
        new_certs_dir = .
        rand_serial = yes
        default_md = sha256
        policy = any
        copy_extensions = copy
        unique_subject = no
        [any]
        commonName = supplied
        END
        : > index.txt
        issue() {
          openssl req -newkey ec:curve.pem -nodes -subj "/CN=$1" -addext "subjectAltName=DNS:$2" -keyout "$1.key" -out "$1.csr"
          openssl ca -batch -config ca.cnf -cert ca.pem -keyfile ca.key -startdate "$3" -enddate "$4" -in "$1.csr" -out "$1.pem"
        }
        day() { date -u -d "$1" +%Y%m%d000000Z; }
        issue good web.example "$(day yesterday)" "$(day '+100 days')"
        issue soon web.example "$(day yesterday)" "$(day '+5 days')"
        issue expired web.example 20200101000000Z 20200201000000Z
        issue wrong other.example "$(day yesterday)" "$(day '+100 days')"
        issue client client.example "$(day yesterday)" "$(day '+100 days')"
        """;

    /// <summary>Makes <c>ca</c>, <c>good</c>, <c>soon</c>, <c>expired</c>, <c>wrong</c>, <c>self</c> and <c>client</c> in a folder, each as
    /// <c>.pem</c> and <c>.key</c>.</summary>
    public static async Task MakeAsync(string folder)
    {
        await using ChildProcess shell = ChildProcess.Start("bash", "bash and openssl", "-c", Commands, "make", folder);
        (await shell.ExitCodeAsync(Minute(1))).ShouldBe(0, shell.ToString());
    }
}
