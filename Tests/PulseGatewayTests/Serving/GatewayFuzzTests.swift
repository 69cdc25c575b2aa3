import HTTPTypes
import PulseAPI
import PulseDomain
import PulseFuzzing
import PulseHTTP
import PulseSimulation
import Testing

@testable import PulseGateway

/// What strangers send before anybody knows them, and what is read of it.
struct GatewayFuzzTests {
    @Test func `no mutant of a token is taken for another token`() async throws {
        let harness = try await Harness()
        let authority = harness.desk.authority
        let (text, token) = try authority.issue(for: Principal("ada"), in: "acme", as: .viewer, family: "f1")
        let (other, _) = try authority.issue(for: Principal("bob"), in: "zenith", as: .admin, family: "f2")
        Fuzz.run([text, other]) { bytes in
            let mutant = String(decoding: bytes, as: UTF8.self)
            do throws(TokenRefusal) {
                let read = try authority.check(mutant)
                #expect(read == token ? mutant == text : mutant == other, "\(mutant)")
            } catch {}
        }
    }

    @Test func `what a token holds is read strictly, and written again is the same`() {
        Fuzz.run([
            #"{"alg":"ES256","typ":"at+jwt","kid":"k1"}"#,
            #"{"iss":"pulse","exp":1800000600,"nbf":-1,"admin":false,"sub":"a\"d\\a\u00e9\ud83d\ude00"}"#, "{}",
        ]) { bytes in
            guard let read = FlatJSON(bytes) else { return }
            #expect(FlatJSON(Array(read.json.utf8)) == read)
            #expect(Set(read.names).count == read.names.count)
        }
    }

    @Test func `what Base64 is read from, it is written to`() {
        Fuzz.run(["", "AQ", "AQI", "AQID", "_-8", "YWxsIHRoYXQgaXM"]) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            guard let read = Base64.decodeFromURL(text) else { return }
            #expect(Base64.encodeForURL(read) == text)
        }
    }

    @Test func `an address is a route with fitting values, or is refused`() {
        let matcher = RouteMatcher()
        let seeds =
            RouteTable.all.map { $0.examplePath } + [
                "/api/v1/jobs/jira%2Dmain/issues?limit=10&cursor=abc",
                "/api/v1/data/work_items?key=a%20b&include_deleted=true",
                "/api/v1/logs?job=a%2Fb&after=17&limit=1000",
            ]
        Fuzz.run(seeds) { bytes in
            let target = String(decoding: bytes, as: UTF8.self)
                .split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            for method in ["GET", "POST", "HEAD"] {
                guard let path = target.first, case .route(let route, let values) = matcher.match(method, path) else {
                    continue
                }
                #expect(route.method.rawValue == (method == "HEAD" ? "GET" : method))
                do throws(Problem) {
                    let read = try Arguments(path: values, encodedQuery: target.count > 1 ? target[1] : "")
                    try route.check(read)
                    if let limit = read["limit"] { #expect((1...1_000).contains(Int(limit) ?? 0)) }
                } catch {
                    #expect(error.status == 400 || error.status == 404)
                    #expect(!error.detail.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
                }
            }
        }
    }

    @Test func `whoever asks through proxies is an address, and never what they wrote beyond one`() {
        let proxies = TrustedProxies(["127.0.0.1", "::1"])
        Fuzz.run(["203.0.113.7", "203.0.113.7, 127.0.0.1", "2001:db8::1,203.0.113.7 , ::1", "unknown, _hidden"]) {
            bytes in
            let field = String(decoding: bytes, as: UTF8.self)
            let client = proxies.client(of: "127.0.0.1", forwarded: [field])
            #expect(client.utf8.count <= 64 && client.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            #expect(proxies.client(of: "198.51.100.1", forwarded: [field]) == "198.51.100.1")
        }
    }

    @Test func `the body of a request is read, or told to be wrong in one line`() {
        let seeds = RouteTable.all.compactMap(\.exampleBody)
        Fuzz.run(seeds) { bytes in
            for route in RouteTable.all where route.exampleBody != nil {
                do throws(WireError) { try route.readBody(bytes) } catch {
                    #expect(!error.sentence.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
                }
            }
        }
    }

    @Test func `who came in last is told from where, whatever the id`() async throws {
        let hub = EventHub(StubOperations(), time: ManualTime())
        for number in 1...5 { hub.publish("log", Array("{\"n\":\(number)}".utf8), line: Int64(number)) }
        Fuzz.run(["1800000000-3-3", "1800000000-0-0", "1700000000-3-3", "-1-2-3", ""]) { bytes in
            guard let stream = hub.open(after: String(decoding: bytes, as: UTF8.self)) else { return }
            hub.close(stream.number)
        }
        #expect(hub.streamCount == 0)
    }
}

extension Route {
    /// Reads a body as the handler of the route does.
    fileprivate func readBody(_ bytes: [UInt8]) throws(WireError) {
        switch id {
        case .login: _ = try LoginRequest(json: bytes)
        case .refresh: _ = try RefreshRequest(json: bytes)
        case .changePassword: _ = try PasswordChange(json: bytes)
        case .addToken: _ = try NewToken(json: bytes)
        case .start: _ = try StartBody(json: bytes)
        case .pause: _ = try PauseBody(json: bytes)
        case .rewind: _ = try RewindBody(json: bytes)
        case .skip: _ = try SkipBody(json: bytes)
        case .replay, .discard: _ = try RecordsBody(json: bytes)
        case .enterPresence: _ = try PresenceReport(json: bytes)
        default: _ = try ReasonBody(json: bytes)
        }
    }
}
