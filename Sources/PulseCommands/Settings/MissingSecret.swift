import PulseConfiguration
import PulseDomain

/// A secret that is not where the configuration says.
struct MissingSecret: Sendable, Hashable {
    enum Setting: String, Sendable { case token, secret }

    /// The source, or the webhook.
    var owner: String
    var setting: Setting
    /// What is missing, and what to do.
    var sentence: String

    /// For a process that begins without it.
    var warning: String {
        let what = setting == .token ? "source" : "webhook"
        return "\(sentence) `\(setting.rawValue)` of the \(what) \(owner) is taken from there; everything else runs on."
    }
}

extension Configuration {
    /// Those of sources and webhooks, in the order of the file. Commands are not run: they may ask a person, or a vault.
    func missingSecrets(_ environment: [String: String]) -> [MissingSecret] {
        func missing(
            _ reference: SecretReference, _ setting: MissingSecret.Setting, of owner: String
        ) -> MissingSecret? {
            do {
                _ = try SecretReader.readAtHand(reference, of: SourceID(rawValue: owner), environment: environment)
                return nil
            } catch {
                let sentence = CommandError(describing: error).lines.joined(separator: " ")
                return MissingSecret(owner: owner, setting: setting, sentence: sentence)
            }
        }
        return sources.compactMap { source in
            source.token.flatMap { missing($0, .token, of: source.name.rawValue) }
        }
            + notify.receivers.compactMap { receiver in
                guard case .webhook(_, let secret) = receiver.way else { return nil }
                return missing(secret, .secret, of: receiver.name)
            }
    }
}
