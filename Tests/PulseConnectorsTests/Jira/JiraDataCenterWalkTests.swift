import PulseDomain
import PulseHTTP
import Synchronization
import Testing

@testable import PulseConnectors

/// Walks over a Data Center, which pages by offset over rows that move (FACTS §2.5).
@Suite struct JiraDataCenterWalkTests {
    /// A site whose issues can change between two requests.
    private final class Site: Sendable {
        struct Issue: Sendable {
            var id: Int
            var updated: Int64
        }
        let issues: Mutex<[Issue]>
        let cap: Int

        init(_ issues: [Issue], cap: Int = 1_000) {
            self.issues = Mutex(issues)
            self.cap = cap
        }

        /// The issue changes now: it moves to the end of the search.
        func touch(_ id: Int, at updated: Int64) {
            issues.withLock { issues in
                for index in issues.indices where issues[index].id == id { issues[index].updated = updated }
            }
        }

        func remove(_ id: Int) { issues.withLock { $0.removeAll { $0.id == id } } }

        func answer(_ request: SourceRequest) -> HTTPResponse {
            let said = request.said
            func number(after name: String) -> Int {
                Int(said.split(separator: name, maxSplits: 1).last?.prefix { $0.isNumber } ?? "") ?? 0
            }
            let isCensus = !said.contains("updated >= ")
            let from = isCensus ? 0 : Int64(number(after: "updated >= "))
            let matching = issues.withLock { $0 }.filter { $0.updated >= from }
                .sorted { isCensus ? $0.id < $1.id : ($0.updated, $0.id) < ($1.updated, $1.id) }
            let size = min(number(after: "maxResults="), cap)
            let rows = matching.dropFirst(number(after: "startAt=")).prefix(size).map {
                let updated = Instant(milliseconds: $0.updated).iso8601
                return #"{"id":"\#($0.id)","key":"PAY-\#($0.id)","fields":{"updated":"\#(updated)"}}"#
            }
            let list = rows.joined(separator: ",")
            return .json(
                #"{"startAt":0,"maxResults":\#(size),"total":\#(matching.count),"issues":[\#(list)]}"#)
        }
    }

    private func walk(
        _ site: Site, pageSize: Int, mode: RunMode = .full, limit: Int = 400,
        between: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> (ids: [String], requests: [SourceRequest]) {
        let client = ScriptedClient(try JiraSample.connector(user: nil)) { request, number in
            defer { between(number) }
            return site.answer(request)
        }
        let (_, contents) = try await JiraSample.walkThrough(
            client, JiraSample.walk("issues", .dataCenter, mode: mode, pageSize: pageSize), limit: limit)
        return (contents.flatMap { $0.ids("work_items") + $0.censusIDs }, client.requests)
    }

    private func issues(_ count: Int, at updated: (Int) -> Int64) -> [Site.Issue] {
        (1...count).map { Site.Issue(id: $0, updated: updated($0)) }
    }

    @Test func `each page begins where the one before it ended in time, not in number`() async throws {
        let site = Site(issues(25) { Int64($0) * 1_000 })
        let (ids, requests) = try await walk(site, pageSize: 10)
        #expect(Set(ids).count == 25)
        #expect(requests.allSatisfy { $0.said.contains("startAt=0") })
        #expect(requests.map { $0.said.contains("updated >= 10000") } == [false, true, false])
        #expect(requests.count == 3)
    }

    @Test func `rows that move while they are read are not skipped`() async throws {
        let site = Site(issues(60) { Int64($0) * 1_000 })
        let (ids, _) = try await walk(site, pageSize: 10) { number in
            // Issues that were read, and some that were not, change and move to the end.
            guard number < 4 else { return }
            for id in (number * 10 + 1)...(number * 10 + 6) { site.touch(id, at: 100_000 + Int64(number * 60 + id)) }
            site.touch(50 + number, at: 100_000 + Int64(number * 60))
        }
        #expect(Set(ids.compactMap { Int($0) }) == Set(1...60))
    }

    @Test(arguments: [1, 2, 7, 100])
    func `hundreds of issues in one millisecond do not loop`(pageSize: Int) async throws {
        let site = Site(issues(300) { $0 <= 250 ? 5_000 : 6_000 })
        let (ids, _) = try await walk(site, pageSize: pageSize)
        #expect(Set(ids).count == 300)
    }

    @Test func `rows that leave their millisecond while it is read are noticed`() async throws {
        let site = Site(issues(40) { _ in 5_000 })
        let (ids, _) = try await walk(site, pageSize: 10) { number in
            if number < 3 { site.touch(number * 3 + 1, at: 9_000) }
        }
        #expect(Set(ids.compactMap { Int($0) }) == Set(1...40))
    }

    @Test func `rows that keep moving end the walk with a failure instead of a gap`() async throws {
        let site = Site(issues(400) { _ in 5_000 })
        await #expect {
            try await walk(site, pageSize: 10) { number in site.touch(number + 1, at: 9_000 + Int64(number)) }
        } throws: { ($0 as? Failure)?.code == "jira.search.rows_move" }
    }

    @Test func `a server that returns fewer rows than asked for is walked to the end`() async throws {
        let site = Site(issues(130) { Int64($0 / 40) * 1_000 }, cap: 25)
        let (ids, _) = try await walk(site, pageSize: 100)
        #expect(Set(ids).count == 130)
    }

    @Test func `a census over issues that are deleted meanwhile misses none that is there`() async throws {
        let site = Site(issues(3_500) { Int64($0) })
        let (ids, requests) = try await walk(site, pageSize: 100, mode: .census) { number in
            if number == 1 { for id in 5...30 { site.remove(id) } }
        }
        #expect(Set(ids.compactMap { Int($0) }).isSuperset(of: Set(31...3_500)))
        #expect(requests.allSatisfy { $0.said.contains("fields=id") && $0.said.contains("maxResults=1000") })
    }

    @Test func `the total is told where it counts the whole walk`() async throws {
        let site = Site(issues(25) { Int64($0) * 1_000 })
        let client = ScriptedClient(try JiraSample.connector(user: nil)) { request, _ in site.answer(request) }
        let (_, contents) = try await JiraSample.walkThrough(
            client, JiraSample.walk("issues", .dataCenter, pageSize: 10))
        #expect(contents.map(\.expected) == [25, nil, nil])
    }
}
