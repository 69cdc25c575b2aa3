import PulseDomain
import PulseHTTP

/// What of a request decides which faults befall it.
struct FaultTarget {
    let isJira: Bool
    /// Path without query.
    let path: String
    /// Query and body, decoded.
    let content: String

    func isMeant(by scope: FaultScope) -> Bool {
        switch scope {
        case .everything: true
        case .jira: isJira
        case .github: !isJira
        case .endpoint(let end): path.hasSuffix(end)
        case .project(let key): isJira && (Self.names(content, key) || Self.names(path, key))
        case .repository(let name): !isJira && content.contains("\"name\":\"\(name)\"")
        }
    }

    /// Whether `word` stands in `text` by itself; a key such as `PAY-12` names `PAY`, `PAYROLL` does not.
    private static func names(_ text: String, _ word: String) -> Bool {
        text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.contains { $0 == word }
    }
}

extension FaultPlan {
    /// What befalls a request that arrives `age` after the start; `nil`: nothing.
    func effect(on target: FaultTarget, age: Duration, draw: UInt64) -> FaultEffect? {
        for window in windows
        where age >= window.from && age < window.from + window.lasting && target.isMeant(by: window.scope) {
            return window.effect
        }
        for (number, fault) in recurring.enumerated() where target.isMeant(by: fault.scope) && isOn(fault, number, age)
        {
            return fault.effect
        }
        return noise.effect(fraction: Double(draw >> 11) / 9_007_199_254_740_992)
    }

    private func isOn(_ fault: RecurringFault, _ number: Int, _ age: Duration) -> Bool {
        let every = fault.every.inMicroseconds
        guard every > 0, age >= .zero else { return false }
        let (interval, place) = (Int(age.inMicroseconds / every), Double(age.inMicroseconds % every))
        let seed = Seed(seed)
        guard seed.fraction(.fault, number, interval * 4) < fault.chance else { return false }
        let lasting = Double(fault.lasting.inMicroseconds) * (0.5 + seed.fraction(.fault, number, interval * 4 + 1) / 2)
        let from = seed.fraction(.fault, number, interval * 4 + 2) * max(0, Double(every) - lasting)
        return place >= from && place < from + lasting
    }
}

extension FaultNoise {
    /// One draw decides among all mishaps.
    fileprivate func effect(fraction: Double) -> FaultEffect? {
        var bound = 0.0
        let chances: [(Double, FaultEffect)] = [
            (reset, .reset), (timeout, .timeout), (truncated, .truncated), (html, .html), (badGateway, .status(502)),
            (repeatedToken, .repeatedTokens), (emptyPage, .emptyPages),
        ]
        for (chance, effect) in chances {
            bound += chance
            if fraction < bound { return effect }
        }
        return nil
    }
}
