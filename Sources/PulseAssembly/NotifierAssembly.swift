package import PulseConfiguration
package import PulseDomain
package import PulseEngine
package import PulseHTTP
import PulseStore

/// Makes what tells people of alerts out of what the operator configured.
package enum NotifierAssembly {
    /// `nil` when nobody is to be told.
    package static func notifier(
        _ options: NotifyOptions, transport: any HTTPTransport,
        token: @escaping TokenReader = { try await SecretReader.read($0, of: $1) },
        advice: @escaping @Sendable (Alert) -> [String] = { _ in [] }
    ) -> Notifier? {
        guard !options.receivers.isEmpty else { return nil }
        let senders = options.receivers.map { ($0.name, sender(for: $0, transport: transport, token: token)) }
        return Notifier(
            telling: AlertTelling(
                options.receivers, repeatsAfter: options.repeatsAfter, resolvedAfter: NotifyOptions.resolvedAfter),
            senders: Dictionary(senders) { first, _ in first },
            policy: DeliveryPolicy(givenUpAfter: options.givenUpAfter), advice: advice)
    }

    private static func sender(
        for receiver: NotifyReceiver, transport: any HTTPTransport, token: @escaping TokenReader
    ) -> any AlertSender {
        switch receiver.way {
        case .webhook(let url, let secret):
            // For errors, a receiver is called as a source is.
            let owner = SourceID("webhook \(receiver.name)")
            return WebhookSender(url: url, transport: transport) { try await token(secret, owner) }
        case .mail(let command, let from, let to):
            return MailSender(command: command, from: from, to: to) { await MailProgram.run($0, input: $1) }
        }
    }
}
