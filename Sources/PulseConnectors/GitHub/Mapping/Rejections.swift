import PulseDomain
import PulseJSON

/// Records that could not be turned into rows, each with what is needed to try it again by itself.
struct Rejections: Sendable {
    private(set) var records: [RejectedRecord] = []

    /// Why a record was not taken.
    struct Reason: Error {
        var code: String
        var sentence: String

        static func missing(_ field: String) -> Reason {
            Reason(code: "incomplete", sentence: "Its “\(field)” is missing or not what it should be.")
        }
        static let damaged = Reason(
            code: "damaged", sentence: "GitHub sent it in part or not at all, and again when it was asked for alone.")
        static let gone = Reason(
            code: "gone", sentence: "GitHub knows no such repository, or hides it from this token.")
    }

    /// `frame` are the members beside `node` that say where it belongs; errors of the answer come along.
    mutating func add(
        _ node: JSONValue, kind: String, _ reason: Reason, frame: [(String, String?)], errors: JSONValue? = nil
    ) {
        records.append(
            RejectedRecord(
                recordID: node["id"].string ?? node["commit"]["oid"].string ?? node["oid"].string,
                code: "github.\(kind).\(reason.code)", reason: reason.sentence,
                payload: Self.payload(of: node, frame: frame, errors: errors)))
    }

    static func payload(of node: JSONValue, frame: [(String, String?)], errors: JSONValue? = nil) -> [UInt8] {
        JSONWriter.document { writer in
            writer.object { writer in
                for (name, value) in frame { if let value { writer.member(name, value) } }
                writer.name("node")
                writer.value(node)
                if let errors, errors.kind == .array {
                    writer.name("errors")
                    writer.value(errors)
                }
            }
        }
    }
}
