import Foundation
import PulseDomain

extension AlertMessage {
    /// The body of a webhook: what Standard Webhooks asks for (`type`, `timestamp`, `data`), with sorted keys.
    package func body() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(Body(self)))
    }

    private struct Body: Encodable {
        var type: String
        var timestamp: String
        var data: Content

        init(_ message: AlertMessage) {
            type = "alert.\(message.event.rawValue)"
            timestamp = message.at.iso8601
            data = Content(message)
        }
    }

    private struct Content: Encodable {
        var tenant: String
        var id: String
        var kind: String?
        var severity: String
        var sentence: String
        var because: String
        var next: String?
        var next_at: String?
        var since: String
        var ended_at: String?
        var recurrences: Int
        var last_told_at: String?
        var job: String?
        var source: String?
        var commands: [String]

        init(_ message: AlertMessage) {
            let alert = message.alert
            tenant = message.tenant.rawValue
            id = alert.id
            kind = message.event == .test ? nil : alert.kind.rawValue
            severity = alert.severity.rawValue
            sentence = alert.sentence
            because = alert.because
            next = alert.next
            next_at = alert.nextAt?.iso8601
            since = message.since.iso8601
            ended_at = message.endedAt?.iso8601
            recurrences = message.recurrences
            last_told_at = message.lastToldAt?.iso8601
            job = alert.job?.rawValue
            source = alert.source?.rawValue
            commands = message.advice
        }
    }
}
