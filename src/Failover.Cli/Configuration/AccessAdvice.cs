namespace Failover;

/// <summary>Finds what is risky in who may use the management API.</summary>
internal static class AccessAdvice
{
    /// <summary>The advice.</summary>
    public static IEnumerable<Advice> Of(FailoverConfiguration configuration)
    {
        ManagementAccess access = configuration.Access;
        Position file = new(configuration.File);
        foreach (ConfigurationError error in AccessErrors.Of(configuration))
        {
            yield return new(error.Position, error.Problem, error.Accepted!);
        }

        if (
            configuration.Management is { IsTls: false, SocketPath: null } address
            && !ListenAddress.IsLoopback(address.Host)
            && (access.Files.Any() || !access.Tokens.IsEmpty)
        )
        {
            yield return new(
                configuration.ManagementAt,
                $"passwords and tokens of {FileKeys.Access} go over {address} for everybody on the way to read",
                $"https:// and {FileKeys.Tls}, or an address on loopback behind something that speaks HTTPS"
            );
        }

        foreach (ManagementToken token in access.Tokens)
        {
            string name = Printable.Quoted(token.Name);
            if (token.IsShort)
            {
                yield return new(
                    file,
                    FormattableString.Invariant(
                        $"the secret of token {name} has less than {ManagementToken.ShortestAdvised} characters, and may be guessed"
                    ),
                    "openssl rand -hex 24"
                );
            }

            if (token.Role == ManagementRole.View && access.View is null)
            {
                yield return new(
                    file,
                    $"token {name} has the role {FileKeys.View}, but without {FileKeys.View} under {FileKeys.Access} whoever connects may view",
                    $"{FileKeys.View}: the path of an htpasswd file"
                );
            }
        }

        if (access.UserHeader is not null && configuration.TrustedProxies.Texts.IsEmpty)
        {
            yield return new(
                file,
                $"{FileKeys.UserHeader} is {Printable.Quoted(access.UserHeader)}, but nobody is trusted to say who has logged in",
                $"the proxy in {FileKeys.TrustedProxies}"
            );
        }
    }
}
