import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseHTTP

extension Doctor {
    /// What asking a source's server came to.
    struct Answer {
        var source: SourceID
        /// Our clock minus the server's `Date`; `nil` where it told none.
        var offset: Int64?
        /// Of the answer; `nil` when there was none.
        var status: Int?
        var failure: HTTPError?
    }

    /// Whether each source's server answers, what is between here and there, and how far its clock is from ours.
    func network(_ configuration: Configuration?) async -> [Look] {
        let proxy = Self.proxy(in: context.environment)
        let servers = (configuration?.sources ?? []).compactMap { source in
            Self.server(of: source).map { (source.name, $0) }
        }
        guard let configuration, !isOffline, !servers.isEmpty else {
            let why = isOffline ? "nothing is sent (--offline)" : "no configured source has a server"
            return [
                Look(what: "network", verdict: .good, finding: "\(proxy); not tried: \(why)"),
                Look(what: "clock", verdict: .notice, finding: "not compared: \(why)"),
            ]
        }
        let transport = configuration.transport()
        var answers: [Answer] = []
        for (name, url) in servers {
            do {
                let response = try await transport.send(HTTPRequest(url: url, timeout: .seconds(15)))
                let date = response.headers["Date"].flatMap { HTTPDate.parse($0) }
                answers.append(
                    Answer(source: name, offset: date.map { SystemClock().now.seconds - $0 }, status: response.status))
            } catch {
                answers.append(Answer(source: name, failure: error))
            }
        }
        return Self.looks(at: answers, proxy: proxy)
    }

    /// One line a source, then what they say together.
    static func looks(at answers: [Answer], proxy: String) -> [Look] {
        var looks = answers.map { answer in
            if let failure = answer.failure {
                return Look(
                    what: "source \(answer.source)", verdict: .bad, finding: "\(failure.sentence) \(failure.remedy)")
            }
            let (verdict, advice) = judgement(of: answer.status ?? 0)
            return Look(
                what: "source \(answer.source)", verdict: verdict,
                finding: "answers (HTTP \(answer.status ?? 0), asked without a token)\(advice)")
        }
        let reached = answers.filter { $0.failure == nil }.count
        looks.append(
            Look(
                what: "network", verdict: reached == answers.count ? .good : .bad,
                finding:
                    "\(proxy); \(reached) of \(answers.count.counted("server")) \(reached.noun("answers", "answer"))"))
        looks.append(clock(answers))
        return looks
    }

    /// What the status means of a server that was asked without a token for nothing but its front door.
    private static func judgement(of status: Int) -> (Verdict, String) {
        switch status {
        // Many have nothing at the front door, or let nobody in there.
        case 200..<400, 401, 403, 404, 405: (.good, "")
        case 500...: (.bad, ": its own trouble; a run tries again by itself")
        case 429: (.notice, ": asks to wait")
        default: (.notice, ": check its address; `pulse sources check` tells what the token may read")
        }
    }

    /// One server with a wrong clock is that server's trouble: the nearest counts.
    private static func clock(_ answers: [Answer]) -> Look {
        let known = answers.compactMap { answer in answer.offset.map { (answer.source, $0) } }
        guard let (source, offset) = known.min(by: { abs($0.1) < abs($1.1) }) else {
            return Look(what: "clock", verdict: .notice, finding: "not compared: no server told its time")
        }
        guard abs(offset) > 60 else {
            return Look(what: "clock", verdict: .good, finding: "within \(abs(offset)) s of \(source)'s server")
        }
        return Look(
            what: "clock", verdict: .bad,
            finding: "\(abs(offset)) s \(offset > 0 ? "ahead of" : "behind") \(source)'s server: "
                + "set this machine's clock, for example with NTP.")
    }

    /// Host and port only: such an address may hold a password.
    static func proxy(in environment: [String: String]) -> String {
        // What curl(1) heeds, in its order.
        let names = ["https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY"]
        guard let name = names.first(where: { !(environment[$0] ?? "").isEmpty }), let text = environment[name] else {
            return "no proxy"
        }
        let host = text.split(separator: "@").last.map(String.init) ?? ""
        let bare = host.split(separator: "/", omittingEmptySubsequences: true).last { !$0.hasSuffix(":") } ?? ""
        return "proxy \(bare) (\(name))"
    }

    private static func server(of source: SourceConfiguration) -> String? {
        source.url ?? (source.kind == .github ? "https://api.github.com/" : nil)
    }
}
