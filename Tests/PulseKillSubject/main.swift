import Glibc
import PulseAssembly
import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseSandbox
import PulseStore

// Loads a small simulated world into the database at the given path, and ends with status 0 when everything is loaded.
// It is there to be killed: `PulseKillSubject DATABASE`.
guard CommandLine.arguments.count == 2 else {
    print("usage: PulseKillSubject DATABASE")
    exit(2)
}

var options = SandboxOptions.small
options.startsAt = Instant(CivilTime(year: 2026, month: 3, day: 2))
options.jira.issues = 150
options.jira.projects = 3
options.github.repositories = 4
options.github.pullRequests = 60
let sandbox = Sandbox(options, time: SystemClock(), faults: .none, quotas: .unlimited)
var configuration = Demo.configuration(for: options)
for index in configuration.sources.indices {
    configuration.sources[index].schedule = nil
    configuration.sources[index].census = nil
}
// Small batches: many commits, many moments to be killed between and within them.
configuration.engine.batchRecords = 20

let store = try await SQLiteStore.open(.file(CommandLine.arguments[1]), tenant: "demo")
let pulse = try await EmbeddedEngine.open(
    configuration, store: store, transport: sandbox, setting: .init(holder: "process \(getpid())"),
    token: Demo.token(for: options))
try await pulse.engine.run(untilIdle: true)
let jobs = try await pulse.engine.overview().jobs
await store.close()
exit(jobs.allSatisfy { $0.run?.state.name == .succeeded } ? 0 : 1)
