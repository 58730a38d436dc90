using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>What an endpoint is for, for the OpenAPI document that is made of the routes.</summary>
/// <param name="Summary">In one sentence.</param>
/// <param name="Answer">The document that it answers with.</param>
internal sealed record ManagementDescription(string Summary, Type Answer)
{
    /// <summary>The status of that answer.</summary>
    public int Status { get; init; } = StatusCodes.Status200OK;

    public string ContentType { get; init; } = ManagementAnswer.ContentType;

    /// <summary>The document that it takes; null: none.</summary>
    public Type? Body { get; init; }

    /// <summary>What may stand in the query.</summary>
    public ImmutableArray<QueryParameter> Query { get; init; } = [];
}

/// <summary>A parameter in the query of an endpoint.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it is: <see cref="string"/>, <see cref="int"/>, <see cref="long"/> or <see cref="double"/>.</param>
/// <param name="Meaning">What it says, and what holds where it is left out.</param>
internal sealed record QueryParameter(string Name, Type Type, string Meaning);
