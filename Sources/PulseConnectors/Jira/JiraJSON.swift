import PulseDomain
import PulseJSON

/// Reading of bodies, with failures that say what was read.
enum JiraJSON {
    /// - Parameter comesAgain: see ``ReaderPool/read(_:comesAgain:_:)``.
    static func read<Result>(
        _ body: [UInt8], as what: String, comesAgain: Bool = false, _ look: (JSONValue) throws -> Result
    ) throws -> Result {
        do {
            return try ReaderPool.shared.read(body, comesAgain: comesAgain, look)
        } catch let error as JSONError {
            throw JiraFailure.unreadable(error, what)
        }
    }
}

extension JSONValue {
    /// An identifier: a string that is not empty, or a number.
    var identifier: String? { text.flatMap { $0.isEmpty ? nil : $0 } }

    /// The value as JSON bytes.
    var json: [UInt8] {
        var output: [UInt8] = []
        appendJSON(to: &output)
        return output
    }
}
