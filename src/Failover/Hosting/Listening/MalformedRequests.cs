using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;

namespace Failover;

/// <summary>Takes what the web server cannot parse, and therefore answers itself: it reports these as diagnostic events.</summary>
/// <param name="note">Takes what is known of each.</param>
internal sealed class MalformedRequests(Action<IFeatureCollection> note) : DiagnosticSource
{
    // Of Kestrel's, with the features of the request.
    private const string Event = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    public override bool IsEnabled(string name) => name == Event;

    [RequiresUnreferencedCode("As the base class has it: nothing is reflected on here.")]
    public override void Write(string name, object? value)
    {
        if (name == Event && value is IFeatureCollection features)
        {
            note(features);
        }
    }
}
