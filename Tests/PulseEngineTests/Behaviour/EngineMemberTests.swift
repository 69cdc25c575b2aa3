import PulseDomain
import PulseEngine
import PulseSimulation
import PulseStore
import Testing

/// What an engine tells of itself on a store of its own. Several on one store: ``ManyEnginesTests``.
@Suite struct EngineMemberTests {
    private static let connector = ScriptedConnector(page: { _, page in page == 0 ? ["1"] : nil })

    @Test func `an engine is known by name while it works and after it ended, and its lines bear its name`()
        async throws
    {
        try await SimulatedPulse.simulate { clock in
            let store = try await Library.store()
            let library = try await Library(on: clock, store, Self.connector)
            let begun = clock.now
            try await library.running {
                try await library.wait("success") { try await library.run?.state.name == .succeeded }
                let present = try #require(try await library.engine.overview().engines.first)
                #expect(present.id == "test" && present.presence(at: clock.now) == .working)
            }
            let ended = try #require(try await store.engines(at: clock.now).first)
            #expect(ended.id == "test" && ended.startedAt == begun && ended.endedAt == clock.now)
            let lines = try await store.logs(job: nil, after: nil, limit: 100)
            #expect(
                lines.first?.message == "The engine has started." && lines.last?.message == "The engine has stopped.")
            #expect(lines.allSatisfy { $0.engine == "test" })
        }
    }

    @Test func `a queued run says that no engine is there, where none is`() async throws {
        try await SimulatedPulse.simulate { clock in
            let store = try await Library.store()
            let library = try await Library(
                on: clock, store, Self.connector, schedule: ScheduleDefinition(cron: "0 0 1 1 *"))
            _ = try await library.perform(.start(Library.job, .full))
            let wait = try await library.run?.queuedBecause
            #expect(wait?.reason == .engine && wait?.because == "No engine works on the store.")
            try await library.running {
                try await library.wait("begin") { try await library.run?.state.name != .queued }
                #expect(try await library.run?.queuedBecause == nil)
            }
        }
    }

    @Test func `an engine that does not follow schedules keeps them for the next one`() async throws {
        try await SimulatedPulse.simulate { clock in
            let store = try await Library.store()
            var settings = EngineSettings()
            settings.followsSchedules = false
            let schedule = ScheduleDefinition(cron: "* * * * *")
            let library = try await Library(
                on: clock, store, Self.connector, schedule: schedule, settings: settings)
            try await library.running {
                try await library.wait("success") { try await library.run?.state.name == .succeeded }
                try await clock.sleep(for: .minutes(10))
            }
            #expect(try await store.runs(of: nil, limit: 10).count == 1)
            let job = try await library.engine.overview().jobs.first
            #expect(job?.nextRunAt == nil && job?.definition.schedule == schedule)
            #expect(try await store.jobs().first?.definition.schedule == schedule)
        }
    }
}
