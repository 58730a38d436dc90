using System.Globalization;
using System.Text.Json;

namespace Failover;

/// <summary>What stands at a place in a JSON document (RFC 6901).</summary>
internal static class JsonPointer
{
    /// <summary>The value; null where there is none.</summary>
    public static JsonElement? Find(JsonElement root, string pointer)
    {
        JsonElement at = root;
        foreach (string part in pointer.Split('/').Skip(1))
        {
            string name = part.Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out JsonElement member))
            {
                at = member;
            }
            else if (
                at.ValueKind == JsonValueKind.Array
                && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                && index < at.GetArrayLength()
            )
            {
                at = at[index];
            }
            else
            {
                return null;
            }
        }

        return at;
    }

    /// <summary>A value as a file writes it: a text without its quotes, all else as it stands.</summary>
    public static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
