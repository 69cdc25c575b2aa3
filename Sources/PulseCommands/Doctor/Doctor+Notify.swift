import Foundation
import Glibc
import PulseConfiguration
import PulseDomain
import PulseEngine

extension Doctor {
    /// Whether who is told of alerts can be told, as far as is seen without telling him.
    func receivers(_ configuration: Configuration?) -> [Look] {
        (configuration?.notify.receivers ?? []).map { receiver in
            let (verdict, finding) =
                switch receiver.way {
                case .webhook(let url, let secret): look(at: url, secret, of: receiver.name)
                case .mail(let command, _, let to): look(at: command, to)
                }
            return Look(what: "notify \(receiver.name)", verdict: verdict, finding: finding)
        }
    }

    /// What Standard Webhooks asks for ("Signature scheme").
    private static let shortestKey = 24
    private static let advice = "`pulse notify test` tries it"

    private func look(at url: String, _ secret: SecretReference, of name: String) -> (Verdict, String) {
        let place = URL(string: url)
        let host = place?.host ?? ""
        do {
            let secret = try SecretReader.readAtHand(
                secret, of: SourceID("webhook \(name)"), environment: context.environment)
            if let key = try secret.map(WebhookSender.key), key.count < Self.shortestKey {
                return (.notice, "webhook at \(host): its secret is short and may be guessed. Take 24 random bytes.")
            }
        } catch {
            return (.bad, CommandError(describing: error).lines.joined(separator: " "))
        }
        guard place?.scheme == "https" || ["localhost", "127.0.0.1", "::1"].contains(host) else {
            return (.notice, "webhook at \(host) without TLS: others on the way may read alerts. Use https.")
        }
        return (.good, "webhook at \(host); \(Self.advice)")
    }

    private func look(at command: String, _ to: [String]) -> (Verdict, String) {
        let word = command.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
        if word.hasPrefix("/"), access(word, X_OK) != 0 {
            return (.bad, "\(word) cannot be run. Install a mail program, or name another one.")
        }
        return (.good, "mail to \(to.joined(separator: ", ")) through \(word); \(Self.advice)")
    }
}
