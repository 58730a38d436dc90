#!/usr/bin/env dotnet
#:project ../src/Failover
// Starts in FAIL. Probes the mail server every 3 minutes; two consecutive contrary results change the state. Requests are
// answered from memory.
using Failover;
using static Failover.Units;

var server = new HealthCheckServer(port: 8080);
server.AddComponent(
    name: "example-4",
    task: new Background(
        task: new Hysteresis(
            task: new TcpCheck(host: "192.0.2.1", port: 25, timeout: Second(10)),
            initialState: Fail,
            okAfter: Count(2),
            failAfter: Count(2)
        ),
        interval: Minute(3)
    )
);
server.RunForever();
