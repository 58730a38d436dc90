#!/usr/bin/env dotnet
#:project ../src/Failover.Sqlite
// Example 5 with a state file: latches and resets survive a restart, a kill and a loss of power.
using Failover;
using static Failover.Units;

var server = new HealthCheckServer(port: 8080, state: new SqliteStateStore("state.db"));
var mailCheck = new Toggle(
    initialState: Ok,
    toFail: new Hysteresis(
        task: new TcpCheck(host: "192.0.2.1", port: 25, timeout: Second(10)),
        initialState: Ok,
        okAfter: Count(1),
        failAfter: Count(10)
    ),
    toOk: new Oneshot(auth: new HtpasswdFile("healthcheck_users"))
);
server.AddComponent(name: "mail-u5", task: mailCheck, onPost: mailCheck.Reset);
server.RunForever();
