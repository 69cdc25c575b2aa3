import PulseConfiguration
import PulseDomain

/// Names for the shell's completion. Whatever goes wrong, nothing is offered and nothing is said.
package enum JobCompletion {
    /// Jobs of the configuration that `words` (the line so far) name, or of the usual one, without touching store or
    /// network. Those behind a gateway would have to be asked for, so none are offered there.
    package static func names(for words: [String], _ context: CommandContext = .current) -> [String] {
        let wishes = SettingsWishes(
            config: value(of: "--config", in: words), gateway: value(of: "--gateway", in: words),
            context: value(of: "--context", in: words))
        do { guard try PlaceFinder(context).remote(wishes) == nil else { return [] } } catch { return [] }
        guard let settings = try? SettingsFinder(context).settings(wishes) else { return [] }
        return ConfiguredJobs(settings.configuration).jobs.map(\.id.rawValue)
    }

    /// What follows an option, as a word of its own or after `=`; `nil` where it is not there.
    private static func value(of option: String, in words: [String]) -> String? {
        for (word, next) in zip(words, words.dropFirst() + [""]) {
            if word == option { return next.isEmpty ? nil : next }
            if word.hasPrefix(option + "=") { return String(word.dropFirst(option.count + 1)) }
        }
        return nil
    }
}
