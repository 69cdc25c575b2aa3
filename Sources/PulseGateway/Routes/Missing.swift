import PulseAPI
import PulseDomain

/// Routes of the table that nothing stands behind yet: they say so, instead of answering with nothing.
extension Operations {
    func runs(_ filter: RunFilter) async throws -> [JobRun] { throw Problem.missing("Lists of runs") }
    func sources() async throws -> [SourceStatus] { throw Problem.missing("Lists of sources") }
    func tables() async throws -> [TableStatus] { throw Problem.missing("Lists of tables") }
    func rows(_ filter: RowFilter) async throws -> [DataRow] { throw Problem.missing("Rows of tables") }
}

extension Problem {
    /// - Parameter things: As a sentence begins, in the plural.
    static func missing(_ things: String) -> Problem {
        Problem(
            501, code: "missing", "\(things) are not served by this version.",
            remedy: "A later version does; until then `pulse` and SQL on the store show them.")
    }
}
