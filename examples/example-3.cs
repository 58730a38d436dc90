#!/usr/bin/env dotnet
#:project ../src/Failover
// Starts in FAIL. Each request probes the mail server; OK after 1 minute of successes only, FAIL after 2 minutes of failures
// only.
using Failover;
using static Failover.Units;

var server = new HealthCheckServer(port: 8080);
server.AddComponent(
    name: "example-3",
    task: new Hysteresis(
        task: new TcpCheck(host: "192.0.2.1", port: 25, timeout: Second(10)),
        initialState: Fail,
        okAfter: Minute(1),
        failAfter: Minute(2)
    )
);
server.RunForever();
