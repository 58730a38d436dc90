#!/usr/bin/env dotnet
#:project ../src/Failover
// Begin in FAIL. Every 3 minutes, look at the mail server, and switch on two looks in a row that say so. A request is
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
