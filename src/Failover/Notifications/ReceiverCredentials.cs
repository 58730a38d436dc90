using System.Net.Http.Headers;
using System.Text;

namespace Failover;

/// <summary>By what a receiver knows who sends: a token, or a user name and a password.</summary>
internal static class ReceiverCredentials
{
    public static readonly FormattedOption TokenOption = new(
        "token",
        "an access token, sent as Bearer",
        "a text without spaces",
        "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2",
        text => text.Length == 0 || text.Any(letter => letter is <= ' ' or >= '\x7f') ? "" : null,
        "none"
    )
    {
        IsConcealed = true,
    };

    public static readonly FormattedOption UsernameOption = new(
        "username",
        "a user name, with a password beside it",
        "a text without a colon, in one line",
        "failover",
        text => text.Length == 0 || text.Any(letter => letter == ':' || char.IsControl(letter)) ? "" : null,
        "none"
    );

    public static readonly FormattedOption PasswordOption = new(
        "password",
        "the password of the user",
        "a text in one line",
        "a password of words",
        text => text.Length == 0 || text.Any(char.IsControl) ? "" : null,
        "none"
    )
    {
        IsConcealed = true,
    };

    /// <summary>Checks the three.</summary>
    /// <exception cref="ArgumentException">One of another form, a name without a password or the other way round, or both ways at
    /// once.</exception>
    public static void Check(string? token, string? username, string? password)
    {
        TokenOption.CheckIfGiven(token);
        CheckPair(username, password);
        if (token is not null && username is not null)
        {
            throw new ArgumentException("username is beside a token; accepted: one of the two", UsernameOption.Name);
        }
    }

    /// <summary>Checks a user name and its password.</summary>
    /// <exception cref="ArgumentException">One of another form, or one without the other.</exception>
    public static void CheckPair(string? username, string? password)
    {
        UsernameOption.CheckIfGiven(username);
        PasswordOption.CheckIfGiven(password);
        if ((username is null) != (password is null))
        {
            string given = username is null ? PasswordOption.Name : UsernameOption.Name;
            throw new ArgumentException($"{given} is alone; accepted: username and password together", given);
        }
    }

    /// <summary>The header that they make; null where there are none.</summary>
    public static AuthenticationHeaderValue? HeaderOf(string? token, string? username, string? password) =>
        token is not null ? new("Bearer", token)
        : username is not null ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}")))
        : null;
}
