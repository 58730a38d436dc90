namespace Failover;

/// <summary>What a server behind a TCP port speaks: how a <see cref="TcpCheck"/> finds out that it is up, and how it asks for TLS.</summary>
public enum TcpPreset
{
    /// <summary>Unknown: that it accepts is enough.</summary>
    None,

    /// <summary>SMTP (RFC 5321): a banner that begins with 220. Has STARTTLS (RFC 3207).</summary>
    Smtp,

    /// <summary>IMAP (RFC 9051): a greeting with OK or PREAUTH. Has STARTTLS.</summary>
    Imap,

    /// <summary>POP3 (RFC 1939): a greeting with +OK. Has STLS (RFC 2595).</summary>
    Pop3,

    /// <summary>FTP (RFC 959): a banner that begins with 220. Has AUTH TLS (RFC 4217).</summary>
    Ftp,

    /// <summary>LDAP (RFC 4511): an answer to an anonymous bind. Has StartTLS.</summary>
    Ldap,

    /// <summary>PostgreSQL: it accepts connections, as pg_isready asks it. Has SSLRequest.</summary>
    Postgres,

    /// <summary>MySQL and MariaDB: a greeting with a version. Has SSLRequest.</summary>
    Mysql,

    /// <summary>Redis and Valkey: an answer to PING, which may be that it wants a password.</summary>
    Redis,

    /// <summary>SSH (RFC 4253): an identification of version 2.</summary>
    Ssh,

    /// <summary>AMQP 0-9-1: the start of a connection.</summary>
    Amqp,
}
