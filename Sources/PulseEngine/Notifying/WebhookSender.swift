package import PulseDomain
package import PulseHTTP

/// Sends signed requests as Standard Webhooks has them (https://github.com/standard-webhooks/standard-webhooks,
/// "spec/standard-webhooks.md").
package struct WebhookSender: AlertSender {
    private let url: String
    private let transport: any HTTPTransport
    private let secret: @Sendable () async throws -> String

    /// `secret` is asked for at each try, so that one that was changed is used.
    package init(url: String, transport: any HTTPTransport, secret: @escaping @Sendable () async throws -> String) {
        self.url = url
        self.transport = transport
        self.secret = secret
    }

    /// Answers are not read, and a receiver that has not answered by then is taken to be overloaded.
    private static let patience = Duration.seconds(15)
    private static let mostAnswer = 1 << 20
    /// A receiver may not put a message off for longer.
    private static let longestWish = Duration.hours(1)

    package func send(_ message: AlertMessage, now: Instant) async -> DeliveryAnswer {
        let body: [UInt8]
        let signature: String
        do {
            body = try message.body()
            signature = Self.signature(
                id: message.id, timestamp: now.seconds, body: body, key: try Self.key(from: try await secret()))
        } catch let failure as Failure {
            return .failed("\(failure.sentence) \(failure.remedy)")
        } catch {
            return .failed("The message could not be made.")
        }
        let headers: HTTPHeaders = [
            "Content-Type": "application/json", "webhook-id": message.id, "webhook-timestamp": String(now.seconds),
            "webhook-signature": signature,
        ]
        let request = HTTPRequest(
            method: .post, url: url, headers: headers, body: body, timeout: Self.patience,
            maximumBodySizeInBytes: Self.mostAnswer,
            // A signature is for one receiver.
            followsRedirects: false)
        do throws(HTTPError) {
            return Self.answer(to: try await transport.send(request), now: now)
        } catch {
            return .failed("\(error.sentence) \(error.remedy)")
        }
    }

    private static func answer(to response: HTTPResponse, now: Instant) -> DeliveryAnswer {
        switch response.status {
        case 200..<300: return .accepted("HTTP \(response.status)")
        case 300..<400:
            return .failed(
                "The receiver answered HTTP \(response.status), and redirects are not followed: configure where it is.")
        case 410: return .refused("The receiver answered HTTP 410: it wants no more messages.")
        default:
            let wish = response.headers["Retry-After"].flatMap { text -> Duration? in
                if let seconds = Int64(text) { return .seconds(max(0, seconds)) }
                return HTTPDate.parse(text).map { .seconds(max(0, $0 - now.seconds)) }
            }
            return .failed("The receiver answered HTTP \(response.status).", after: wish.map { min($0, longestWish) })
        }
    }

    // MARK: Signing

    /// What `secret` stands for: the bytes after `whsec_` in Base64, or those of any other text. Throws `Failure` for
    /// `whsec_` and something else: receivers would take every signature for a forged one.
    package static func key(from secret: String) throws -> [UInt8] {
        let prefix = "whsec_"
        guard secret.hasPrefix(prefix) else { return Array(secret.utf8) }
        if let bytes = Base64.decode(String(secret.dropFirst(prefix.count))), !bytes.isEmpty { return bytes }
        throw Failure(
            .unauthorised, code: "notify.secret", "The secret begins with whsec_, and what follows is no Base64.",
            remedy: "Copy it whole from the receiver.")
    }

    /// The header `webhook-signature`.
    package static func signature(id: String, timestamp: Int64, body: [UInt8], key: [UInt8]) -> String {
        let signed = Array("\(id).\(timestamp).".utf8) + body
        return "v1," + Base64.encode(SecureHash.hmacSHA256(of: signed, key: key))
    }
}
