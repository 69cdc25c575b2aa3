import PulseTerminal

extension SourceCheck {
    /// A finding for a person.
    static func text(_ finding: Finding, as fidelity: TextFidelity = .cells) -> String {
        var lines = ["\(finding.source) (\(finding.kind))"]
        if !finding.product.isEmpty { lines.append("  \(finding.product), as \(finding.account)") }
        if !finding.scopes.isEmpty { lines.append("  may: \(finding.scopes.joined(separator: ", "))") }
        lines += finding.warnings.map { "  warning: \($0)" }
        lines += finding.streams.map { stream in
            let rejected = stream.rejected == 0 ? "" : ", \(stream.rejected) of them cannot be read (quarantine)"
            let records = "\(stream.records) \(stream.records == 1 ? "record" : "records")"
            let partitions = "\(stream.partitions) \(stream.partitions == 1 ? "partition" : "partitions")"
            return "  \(stream.stream): \(partitions), \(records) on the first page\(rejected)"
        }
        lines += finding.quotas.filter { $0.limit != nil || $0.remaining != nil }.map { quota in
            let remaining = quota.remaining.map(Figures.count) ?? "?"
            return "  limit \(quota.bucket): \(remaining) of \(quota.limit.map(Figures.count) ?? "unknown") left"
        }
        lines += finding.problems.map { "  problem: \($0)" }
        let areReadable = finding.streams.allSatisfy { $0.rejected == 0 }
        if finding.problems.isEmpty {
            lines.append(areReadable ? "  all is well" : "  it answers, but look at the above")
        }
        return lines.map { TerminalText.sanitize($0, as: fidelity) + "\n" }.joined()
    }
}

extension JSONObject {
    /// An element of `pulse sources check --json`.
    init(_ finding: SourceCheck.Finding) {
        self = [
            "source": finding.source,
            "kind": finding.kind,
            "account": finding.account,
            "product": finding.product,
            "scopes": finding.scopes,
            "warnings": finding.warnings,
            "streams": finding.streams.map { stream in
                [
                    "stream": stream.stream,
                    "partitions": stream.partitions,
                    "records": stream.records,
                    "rejected": stream.rejected,
                ] as JSONObject
            },
            "quotas": finding.quotas.map { quota in
                ["bucket": quota.bucket, "limit": quota.limit, "remaining": quota.remaining] as JSONObject
            },
            "problems": finding.problems,
        ]
    }
}
