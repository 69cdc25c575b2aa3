import PulseDomain
import PulseHTTP
import Testing

@testable import PulseCommands

struct DoctorTests {
    @Test func `without a configuration there is a sentence for it, and rows for clock and network`() async throws {
        let place = try Place()
        let captured = Captured()
        _ = try await Doctor(captured.context(home: place.path), isJSON: false, isOffline: true).run(SettingsWishes())
        #expect(captured.out.contains("`pulse config example` prints one"))
        #expect(!captured.out.contains("ways in") && captured.out.contains("is no terminal"))
        #expect(captured.out.contains("clock") && captured.out.contains("no proxy"))
        for library in ["libcurl", "libpq", "simdjson", "ncurses", "SQLite", "zlib"] {
            let line = captured.out.split(separator: "\n").first { $0.contains(library) }
            #expect(line?.contains(/\d+\.\d+/) == true, "\(library): \(line ?? "nothing")")
        }
    }

    @Test func `the nearest clock counts, and a source that is not reached is told`() throws {
        let origin = HTTPError.Origin(host: "away.example", curlCode: nil)
        let looks = Doctor.looks(
            at: [
                .init(source: "a", offset: 400, status: 200), .init(source: "b", offset: -2, status: 401),
                .init(source: "c", failure: .cannotConnect(origin)),
            ], proxy: "no proxy")
        #expect(looks.map(\.what) == ["source a", "source b", "source c", "network", "clock"])
        #expect(looks.map(\.verdict) == [.good, .good, .bad, .bad, .good])
        #expect(looks[3].finding == "no proxy; 2 of 3 servers answer")
        #expect(looks[4].finding == "within 2 s of b's server")
        let wrong = try #require(Doctor.looks(at: [.init(source: "a", offset: -90, status: 200)], proxy: "").last)
        #expect(wrong.verdict == .bad && wrong.finding.hasPrefix("90 s behind a's server"))
    }

    @Test(arguments: [
        (200, Doctor.Verdict.good), (302, .good), (401, .good), (403, .good), (404, .good), (405, .good),
        (410, .notice), (429, .notice),
        (500, .bad), (503, .bad),
    ])
    func `a server whose front door is closed or empty is well, and one in trouble is not`(
        status: Int, verdict: Doctor.Verdict
    )
        throws
    {
        let look = try #require(Doctor.looks(at: [.init(source: "a", status: status)], proxy: "").first)
        #expect(look.verdict == verdict)
        #expect(look.finding.hasPrefix("answers (HTTP \(status), asked without a token)"))
        #expect(look.finding.contains(": ") == (verdict != .good))
    }

    @Test(arguments: [
        ([:], "no proxy"),
        (["https_proxy": "http://ada:secret@proxy.example:3128/"], "proxy proxy.example:3128 (https_proxy)"),
        (["ALL_PROXY": "proxy.example:1080"], "proxy proxy.example:1080 (ALL_PROXY)"),
    ])
    func `a proxy is named without its password`(environment: [String: String], told: String) {
        #expect(Doctor.proxy(in: environment) == told)
    }
}
