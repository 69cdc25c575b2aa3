import PulseDomain
import PulseStore
import Testing

let limitBehaviours: [Behaviour] = [
    Behaviour("quotas are kept between processes, the newest sighting counts") { fixture in
        let store = try await fixture.open(Sample.tenant)
        let id = QuotaID(identity: "token-1", bucket: "graphql")
        let full = StoredQuota(
            id: id, limit: 5_000, remaining: 17, resetsAt: Sample.start + .hours(1), window: .hours(1),
            blockedUntil: Sample.start + .minutes(1), updatedAt: Sample.start)
        let bare = StoredQuota(id: QuotaID(identity: "token-1", bucket: "core"), updatedAt: Sample.start)
        try await store.saveQuotas([full, bare])
        #expect(try await store.quotas() == [bare, full])
        var newer = full
        newer.remaining = 16
        newer.blockedUntil = nil
        newer.updatedAt = Sample.start + .seconds(2)
        try await store.saveQuotas([newer])
        var older = full
        older.updatedAt = Sample.start + .seconds(1)
        try await fixture.open(Sample.tenant).saveQuotas([older])
        #expect(try await store.quotas() == [bare, newer])
    },
    Behaviour("breakers are kept as they stand") { fixture in
        let store = try await fixture.open(Sample.tenant)
        let open = BreakerStatus(
            source: "github", endpoint: "graphql", position: .open, failures: 5, openedAt: Sample.start,
            probesAt: Sample.start + .seconds(30), because: "502 five times.")
        try await store.saveBreakers([open, BreakerStatus(source: "jira", endpoint: "search")])
        #expect(try await store.breakers() == [open, BreakerStatus(source: "jira", endpoint: "search")])
        try await store.saveBreakers([BreakerStatus(source: "github", endpoint: "graphql")])
        #expect(try await store.breakers().map(\.position) == [.closed, .closed])
    },
]
