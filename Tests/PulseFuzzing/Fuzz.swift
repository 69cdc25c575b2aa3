import Foundation

/// Gives a parser what a careless or hostile peer might send: mutants of a corpus, the same ones each time.
package enum Fuzz {
    /// Mutants for each parser: `PULSE_FUZZ`, or few enough for every run of the suite.
    package static let count = ProcessInfo.processInfo.environment["PULSE_FUZZ"].flatMap { Int($0) } ?? 3_000

    /// Calls `body` with every seed and with mutants of them. A crash is the failure that is looked for; besides, `body`
    /// expects what holds for whatever is parsed.
    package static func run(_ corpus: [String], _ body: ([UInt8]) throws -> Void) rethrows {
        try run(corpus.map { Array($0.utf8) }, body)
    }

    package static func run(_ corpus: [[UInt8]], times: Int = count, _ body: ([UInt8]) throws -> Void) rethrows {
        precondition(!corpus.isEmpty, "mutants are made of something")
        for seed in corpus { try body(seed) }
        var mutator = Mutator(seed: 4_711)
        for _ in 0..<times { try body(mutator.mutant(of: corpus)) }
    }
}
