import PulseAPI
import PulseConfiguration
import PulseDomain

/// Names for the shell's completion. Whatever goes wrong, nothing is offered and nothing is said.
package enum JobCompletion {
    /// Jobs of the configuration that `words` (the line so far) name, or of the usual one, without touching store or
    /// network; or those of the gateway that commands go to, which is asked once and waited for a moment only.
    package static func names(for words: [String], _ context: CommandContext = .current) async -> [String] {
        let wishes = SettingsWishes(
            config: value(of: "--config", in: words), store: value(of: "--store", in: words),
            tenant: value(of: "--tenant", in: words).map { TenantID($0) }, gateway: value(of: "--gateway", in: words),
            context: value(of: "--context", in: words))
        do {
            if let place = try PlaceFinder(context).remote(wishes) {
                var limits = APIClient.Limits()
                (limits.timeout, limits.connectTimeout, limits.tries) = (patience, patience, 1)
                let jobs = try await RemoteOperations(place.client(context, limits: limits)).overview().jobs
                return jobs.map(\.id.rawValue)
            }
            return ConfiguredJobs(try SettingsFinder(context).settings(wishes).configuration).jobs.map(\.id.rawValue)
        } catch {
            return []
        }
    }

    /// Somebody has pressed a key and waits.
    private static let patience = Duration.seconds(2)

    /// What follows an option, as a word of its own or after `=`; `nil` where it is not there.
    private static func value(of option: String, in words: [String]) -> String? {
        for (word, next) in zip(words, words.dropFirst() + [""]) {
            if word == option { return next.isEmpty ? nil : next }
            if word.hasPrefix(option + "=") { return String(word.dropFirst(option.count + 1)) }
        }
        return nil
    }
}
