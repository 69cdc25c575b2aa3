import PulseDomain
import Testing

@testable import PulseSandbox

@Suite struct `The made-up world` {
    @Test(arguments: [0, 1, 63, 64, 65, 300, 700, 5_000])
    func `every record changes in exactly one slot, after it was made`(count: Int) {
        let timeline = Timeline(count: count, begin: 1_000_000, end: 90_000_000_000, seed: Seed(3), salt: 1)
        var seen: Set<Int> = []
        var last = Int64.min
        for slot in timeline.slots {
            let time = timeline.changeTime(ofSlot: slot)
            #expect(time >= last)
            last = time
            guard let index = timeline.index(atSlot: slot) else { continue }
            #expect(seen.insert(index).inserted)
            #expect(timeline.updated(index) == time)
            #expect(timeline.created(index) < time)
            #expect(time < 90_000_000_000)
        }
        #expect(seen == Set(0..<count))
    }

    @Test func `hundreds of records change in the same millisecond`() {
        let timeline = Timeline(count: 2_000, begin: 0, end: 90_000_000_000, seed: Seed(3), salt: 1)
        let times = Dictionary(grouping: 0..<2_000) { timeline.updated($0) }
        #expect(times.values.contains { $0.count == 256 })
        #expect(timeline.firstSlot(notBefore: .min) == timeline.slots.lowerBound)
        #expect(timeline.firstSlot(notBefore: .max) == timeline.slots.upperBound)
    }

    @Test func `mixing can be undone`() {
        for value in [0, 1, 42, UInt64.max, 0x0123_4567_89AB_CDEF] { #expect(Seed.unmixed(Seed.mixed(value)) == value) }
    }

    @Test(arguments: [
        CommitIdentity.branch(repository: 0, serial: 0), .branch(repository: 39, serial: 5_000_000),
        .pull(PullPlace(repository: 7, index: 123_456), serial: 1_017, generation: 3),
    ])
    func `a commit hash tells what it stands for`(identity: CommitIdentity) {
        #expect(identity.oid.count == 40)
        #expect(CommitIdentity(oid: identity.oid) == identity)
        #expect(CommitIdentity(oid: String(identity.oid.reversed())) == nil)
    }

    @Test func `numbers of pull requests leave gaps and lead back to their places`() {
        for index in 0..<1_000 {
            #expect(PullPlace.index(ofNumber: PullPlace(repository: 0, index: index).number) == index)
        }
        #expect(PullPlace.index(ofNumber: 10) == nil)
        #expect(PullPlace.index(ofNumber: 0) == nil)
    }

    @Test func `a changelog ends where the issue stands`() throws {
        let world = JiraWorld(options: .small, startsAt: 1_790_000_000_000)
        var statuses = 0
        world.forEachRecord { record in
            let facts = world.facts(record)
            let items = world.histories(record, customFieldBase: 10_000).flatMap(\.items)
            if let last = items.last(where: { $0.field == "status" }) {
                statuses += 1
                #expect(last.toText == facts.status.name)
            }
            if let last = items.last(where: { $0.field == "assignee" }) {
                #expect(last.toText == facts.assignee.map { world.cast[$0].full })
            }
            #expect(facts.status.isFinal == (facts.resolvedAt != nil))
        }
        #expect(statuses > 300)
    }

    @Test func `JQL dates are read in the user's zone, and only to the minute`() {
        let zone = SandboxZone.kolkata
        #expect(
            JQLTime.read("2026-01-02 05:30", zone: zone, now: 0)
                == Instant(parsing: "2026-01-02T00:00:00Z")?.milliseconds)
        #expect(JQLTime.read("2026/01/02", zone: .utc, now: 0) == Instant(parsing: "2026-01-02")?.milliseconds)
        #expect(JQLTime.read("-1d 2h", zone: zone, now: 100_000_000) == 6_400_000)
        for refused in ["2026-01-02T05:30", "2026-01-02 05:30:00", "2026-01-02Z", "yesterday", ""] {
            #expect(JQLTime.read(refused, zone: zone, now: 0) == nil)
        }
    }
}
