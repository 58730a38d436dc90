#!/usr/bin/env dotnet
#:project ../src/Failover
// Starts in FAIL. Each request probes the mail server; OK after 5 consecutive successes, FAIL after 20 consecutive failures.
using Failover;
using static Failover.Units;

var server = new HealthCheckServer(port: 8080);
server.AddComponent(
    name: "example-2",
    task: new Hysteresis(
        task: new TcpCheck(host: "192.0.2.1", port: 25, timeout: Second(10)),
        initialState: Fail,
        okAfter: Count(5),
        failAfter: Count(20)
    )
);
server.RunForever();
