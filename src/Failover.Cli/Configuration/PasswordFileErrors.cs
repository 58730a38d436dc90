using System.Collections.Immutable;

namespace Failover;

/// <summary>Examines the password files of a configuration. A daemon serves with a bad one and answers the POSTs that it guards with
/// 503; <c>failover check</c> calls it an error.</summary>
internal static class PasswordFileErrors
{
    /// <summary>One for each file that cannot be used, where it is named first.</summary>
    public static ImmutableArray<ConfigurationError> Of(FailoverConfiguration configuration)
    {
        ConfigurationErrors errors = new();
        (string, HtpasswdFile?)[] ofAccess =
        [
            (FileKeys.View, configuration.Access.View),
            (FileKeys.Operate, configuration.Access.Operate),
        ];
        foreach (
            (string name, string path) in configuration
                .Components.SelectMany(component => component.Users)
                .OfType<HtpasswdFile>()
                .Select(file => (FileKeys.Auth, (HtpasswdFile?)file))
                .Concat(ofAccess)
                .Where(one => one.Item2 is not null)
                .Select(one => (one.Item1, one.Item2!.Path))
                .DistinctBy(one => one.Path, StringComparer.Ordinal)
        )
        {
            try
            {
                PasswordFileReading.Read(path, PasswordHashing.Hash, last: null);
            }
            catch (PasswordFileException bad)
            {
                SubstitutedText given = configuration.PasswordFiles[path];
                string[] parts = configuration.Secrets.Redact(bad.Message).Split("; accepted: ");
                errors.Add(
                    given.At,
                    $"{name} is {given.Shown}, which cannot be used: {Printable.Escape(parts[0])}",
                    parts.ElementAtOrDefault(1)
                );
            }
        }

        return errors.InOrder(configuration.Sources);
    }
}
